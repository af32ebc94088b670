"""Duration of a recipe's feature extraction beside that of its publication.

data root → extraction of some recordings → `Extraction` → docs/results/extraction_<recipe>.json
"""

import json
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.accuracy.common import RESULTS
from benchmarks.scale.cost import cpu_seconds
from ser_features.config import profile as find_profile
from ser_features.engine import extract_corpora
from ser_models.recipes.read import load

FILES = 300
"""Most recordings of each corpus in the measurement."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """A measured extraction.

    Attributes:
        profile: feature profile.
        files: number of recordings.
        seconds: CPU time of one core for all of them.
        date: ISO 8601.
    """

    profile: str
    files: int
    seconds: float
    date: str


def path_of(recipe: str) -> Path:
    """The file of a measurement."""
    return RESULTS / f"extraction_{recipe}.json"


def measure(recipe: str, data: Path) -> Path:
    """Extract `FILES` recordings of each corpus, and half as many, and store the cost of the difference.

    The difference excludes imports and the scan. CPU time depends less on the load of the machine than the
    time of day.
    """
    (fewer, shorter), (more, longer) = (_cost(recipe, data, files) for files in (FILES // 2, FILES))
    date = datetime.now(UTC).date().isoformat()
    measured = Extraction(load(recipe).profile, more - fewer, round(longer - shorter, 2), date)
    path = path_of(recipe)
    path.write_text(json.dumps(asdict(measured), indent=1) + "\n", encoding="utf-8")
    return path


def stored(recipe: str) -> Extraction | None:
    """The stored measurement, if there is one."""
    path = path_of(recipe)
    return Extraction(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def _cost(recipe: str, data: Path, files: int) -> tuple[int, float]:
    """Number of recordings that were extracted, and their CPU time in seconds."""
    chosen = load(recipe)
    before = cpu_seconds()
    with tempfile.TemporaryDirectory() as folder:
        report = extract_corpora(
            chosen.datasets,
            data=data,
            store=Path(folder) / "store",
            profile=find_profile(chosen.profile),
            features=chosen.create_model().inputs.families,
            workers=1,
            limit=files,
        )
    return report.stored, cpu_seconds() - before
