"""Label files of a corpus → its recordings with what their names do not state.

`Scan` → `labelled` → module of this folder, `read(scan)` → `Labels` → `joined` → `Scan`

Each module has one public function, `read(scan: Scan) -> Labels`; its docstring shows the expected layout. A
file that is missing is named in a note, and the recordings stay without its labels.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from ser_features.corpora.label_files.labels import Labels, joined
from ser_features.manifest import Scan


def labelled(scan: Scan, reader: str, codes: Mapping[str, Mapping[str, str]]) -> Scan:
    """Return a scan with the content of its label files.

    Args:
        scan: recordings by their names alone.
        reader: a module of this folder.
        codes: by field of `Recording`, what the corpus's own codes stand for.
    """
    read: Callable[[Scan], Labels] = import_module(f"{__name__}.{reader}").read
    return joined(scan, read(scan), codes)
