"""Tables of docs/audit.md on published splits.

docs/results/atlas.json → `text` → `write` → docs/audit.md
"""

from collections.abc import Iterable, Sequence

from benchmarks.accuracy.atlas.measure import Atlas, AuditedFold, AuditedSplit, stored
from benchmarks.accuracy.common import DOCS, END, markdown
from benchmarks.pages import write_between
from ser_models.auditing.result import Shared
from ser_models.auditing.split_table import SIDES, TRAIN

PAGE = DOCS / "audit.md"
BEGIN = "<!-- begin: benchmarks/accuracy/atlas -->"
UNKNOWN, NO_TRAINING = "unknown", "–"
ANSWERS = {True: "yes", False: "no", None: "not shown"}
NONE = Shared(0, 0, 0)
COUNTS = (
    *(f"{side} rows" for side in SIDES),
    "speakers",
    "sentences",
    "sessions",
    "files",
    "audio",
    "untrained",
)
"""Header of the counts of one fold, or of several."""

OWN_PARTS = """### The corpora's own parts

Three of the corpora that `ser` knows by name are published in parts, by their folders or label files. The
names and label files of the others state none."""
NOT_COUNTED = (
    (
        "ESD",
        "`train`, `evaluation`, `test` in the folder of each emotion of each speaker",
        "all: each speaker is in every part",
    ),
    (
        "MSP-Podcast",
        "column `Split_Set` of the label file",
        "not counted: needs the label file, which has the speakers",
    ),
)
"""Parts that no file here lists: corpus, where they are stated, what they state of speakers."""


def write() -> None:
    """Write the tables between their markers."""
    write_between(PAGE, BEGIN, END, text())


def text() -> str:
    """The tables as Markdown."""
    atlas = stored()
    folds = sum(len(split.folds) for split in atlas.splits)
    rows = sum(split.rows for split in atlas.splits)
    run = (
        f"{len(atlas.splits)} files, {folds} folds, {rows:,} rows, audited one after the other in "
        f"{atlas.seconds:.0f} s, {atlas.processor_seconds:.0f} s of them processor time ({atlas.machine}, "
        f"{atlas.date})."
    )
    return "\n\n".join([run, _splits(atlas), "### Fold by fold", _folds(atlas), OWN_PARTS, _own_parts(atlas)])


def _splits(atlas: Atlas) -> str:
    header = ["split", "folds", *COUNTS, "speaker-independent", "the rows agree with"]
    return markdown(header, map(_split, atlas.splits))


def _split(split: AuditedSplit) -> list[str]:
    answer = ANSWERS[split.is_speaker_independent]
    return [split.name, str(len(split.folds)), *_counts(split.folds), answer, split.rule]


def _folds(atlas: Atlas) -> str:
    """A row for each fold, where there are several."""
    rows = [
        [split.name, fold.fold, *_counts([fold])]
        for split in atlas.splits
        for fold in split.folds
        if len(split.folds) > 1
    ]
    return markdown(["split", "fold", *COUNTS], rows)


def _counts(folds: Sequence[AuditedFold]) -> list[str]:
    """The cells of `COUNTS`."""
    return [
        *(_range(fold.sides.get(side, 0) for fold in folds) for side in SIDES),
        *(_shared(folds, kind) for kind in ("speaker", "text", "session")),
        *(_range(fold.shared.get(kind, NONE).shared for fold in folds) for kind in ("file", "audio")),
        _untrained(folds),
    ]


def _shared(folds: Sequence[AuditedFold], kind: str) -> str:
    """Values of the test that are in training, of how many; those of the rows follow if there are any."""
    counts = [fold.shared.get(kind, NONE) for fold in folds]
    if any(TRAIN not in fold.sides for fold in folds):
        return NO_TRAINING
    if not any(count.test for count in counts):
        return UNKNOWN
    cell = f"{_range(count.shared for count in counts)} of {_range(count.test for count in counts)}"
    rows = _range(count.rows for count in counts)
    return cell if rows == "0" else f"{cell} ({rows} rows)"


def _untrained(folds: Sequence[AuditedFold]) -> str:
    if any(TRAIN not in fold.sides for fold in folds):
        return NO_TRAINING
    return ", ".join(sorted({name for fold in folds for name in fold.untrained})) or "none"


def _range(numbers: Iterable[int]) -> str:
    ordered = sorted(numbers)
    return "–".join(dict.fromkeys(f"{number:,}" for number in (ordered[0], ordered[-1])))


def _own_parts(atlas: Atlas) -> str:
    rows = [[corpus, parts, speakers, "not counted"] for corpus, parts, speakers in NOT_COUNTED]
    if atlas.meld:
        shared = (_shared(atlas.meld.folds, kind) for kind in ("speaker", "text"))
        rows.append(["MELD", "`train_`, `dev_` and `test_sent_emo.csv`", *shared])
    return markdown(["corpus", "parts", "speakers of the test in training", "sentences"], rows)
