"""Imports of libraries: what they take, and their caches where neither packages nor home can be written to.

`prepare_caches` → NUMBA_CACHE_DIR, MPLCONFIGDIR → Numba (`librosa_feature`), Matplotlib (fonts)
`keep_arrow_from_pandas` → Arrow without pandas

Numba refuses to import librosa without a folder for its cache, as in a read-only container; Matplotlib prints
warnings. Both get a private folder among the temporary files then.
"""

import os
import stat
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VARIABLES = ("NUMBA_CACHE_DIR", "MPLCONFIGDIR")
"""Folders of caches, in the environment."""


def prepare_caches() -> None:
    """Set `VARIABLES` before the imports, unless they are set or a usual folder can be written to."""
    missing = [name for name in VARIABLES if name not in os.environ]
    if missing and not _writable(_home_cache()) and not _writable(_packages()):
        folder = _private_folder()
        os.environ |= dict.fromkeys(missing, str(folder))


def own_cache(name: str) -> Path:
    """Folder for one of this project's own caches, beside other programs' or among the temporary files."""
    home = _home_cache()
    return home / "ser" / name if _writable(home) else _private_folder() / name


def librosa_feature() -> Any:
    """Import `librosa.feature`, which takes more than a second."""
    prepare_caches()
    import librosa.feature

    return librosa.feature


def keep_arrow_from_pandas() -> None:
    """Make the first value of Arrow, which imports pandas if it can, in a third of a second.

    Arrow tries once; a call that returns a pandas table tries again. `pyarrow.array` takes a Series for any
    sequence from then on, so this is for processes of this project alone.
    """
    if "pandas" not in sys.modules:
        import pyarrow as pa

        sys.meta_path.insert(0, _NoPandas)
        pa.scalar(0)
        sys.meta_path.remove(_NoPandas)


class _NoPandas:
    """Finder of modules as where pandas is not installed."""

    @classmethod
    def find_spec(cls, name: str, *_: object) -> None:
        """Refuse pandas, and leave all others to other finders."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _home_cache() -> Path:
    """Folder for caches; relative and not writable for a user without a home."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))  # noqa: PTH111


def _packages() -> Path:
    """Folder that librosa is installed in."""
    spec = find_spec("librosa")
    return Path(spec.origin).parent if spec and spec.origin else Path("~")


def _writable(path: Path) -> bool:
    """Whether files can be made in a folder that exists or can be created."""
    if not path.is_absolute():
        return False
    while not path.exists() and path != path.parent:
        path = path.parent
    return path.is_dir() and os.access(path, os.W_OK | os.X_OK)


def _private_folder() -> Path:
    """A folder of this user alone, the same for all processes unless another user has made it first.

    Numba unpickles what the folder holds, so that another user must not be able to write there.
    """
    user = getattr(os, "getuid", lambda: 0)()
    path = Path(tempfile.gettempdir()) / f"ser-caches-{user}"
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if stat.S_ISDIR(status.st_mode) and status.st_uid == user and not status.st_mode & 0o022:
        return path
    return Path(tempfile.mkdtemp(prefix="ser-caches-"))
