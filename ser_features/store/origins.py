"""Where the corpora of a store came from: one sealed file per corpus.

manifest or data root → `Origin` ↔ origins/<dataset>.json

A corpus is known by its name, and a user's corpus has the name of its manifest: `labels.csv` of another
folder would be the same corpus without this file. Stores of earlier versions have none.

>>> origin_path(Path("store"), "ravdess").as_posix()
'store/origins/ravdess.json'
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ser_features.files import BLANK_SEAL, SEAL_KEY, is_sealed, replacing, seal
from ser_features.store import layout


@dataclass(frozen=True, slots=True)
class Origin:
    """Origin of a corpus.

    Attributes:
        root: absolute folder that the recordings' paths are relative to.
        table: absolute path of the user's manifest; None for a built-in corpus.
    """

    root: str
    table: str | None = None


def origin_path(root: Path, dataset: str) -> Path:
    """File of one corpus in the store at `root`."""
    return root / layout.ORIGINS / f"{dataset}.json"


def read_origin(root: Path, dataset: str) -> Origin | None:
    """Origin of a corpus of the store at `root`; None if the file is absent or damaged."""
    try:
        text = origin_path(root, dataset).read_bytes()
        content = json.loads(text)
        return Origin(content["root"], content["table"]) if is_sealed(text) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_origin(root: Path, dataset: str, origin: Origin) -> None:
    """Replace the origin of a corpus by one rename."""
    content = asdict(origin) | {SEAL_KEY: BLANK_SEAL.decode()}
    with replacing(origin_path(root, dataset)) as file:
        file.write(seal(json.dumps(content, indent=1).encode()))
