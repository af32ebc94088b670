"""What is odd about a corpus, a table or a store, before a model learns it.

value of `--datasets`, or a folder → `Scan` → `measure` (a sample, decoded) ┐
store → `stored.scan`, `stored.measured` ───────────────────────────────────┴→ `CHECKS` → `Findings`

>>> from ser_features.manifest import Recording, Scan
>>> rows = [Recording("own", str(n), f"{n}.wav", name, "sad", "sad") for n, name in enumerate(("Ada", "ada"))]
>>> [str(one) for one in findings_of(Scan("own", Path(), tuple(rows)), [])]
["speaker names: 'Ada' and 'ada' differ in case, blanks or zeros only: give one person one name"]
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ser_features import corpora
from ser_features.arguments import PathLike, Positive, checked, same
from ser_features.checks import audio, groups, rows, stored
from ser_features.checks.finding import Finding, Findings
from ser_features.checks.measure import Measured, measure_all
from ser_features.corpora.walk import audio_files
from ser_features.engine.plan import spread
from ser_features.errors import InputError
from ser_features.labels import UNKNOWN
from ser_features.manifest import Recording, Rejected, Scan
from ser_features.store import open_store

SAMPLE = 1_000
"""Number of recordings that are decoded unless all of them are to be."""

CHECKS: tuple[Callable[[Scan], Iterator[Finding]], ...] = (
    rows.rejected,
    rows.second_copies,
    rows.speaker_names,
    groups.emotions_per_speaker,
    rows.overlapping_parts,
)
"""Checks of the rows alone."""

AUDIO_CHECKS: tuple[Callable[[Sequence[Measured]], Iterator[Finding]], ...] = (
    audio.refused,
    audio.identical,
    audio.durations,
    audio.quiet,
    audio.silences,
    audio.clipped,
    groups.speaker_levels,
    groups.emotion_levels,
    groups.speaker_chain,
    groups.emotions_of_a_room,
)
"""Checks of the decoded recordings."""


@checked
def check(
    dataset: str,
    *,
    data: PathLike = "data/raw",
    root: PathLike | None = None,
    sample: Positive | None = SAMPLE,
    workers: Positive | None = None,
    on_recording: Callable[[int, int], None] | None = None,
) -> Findings:
    """Find what is odd about a corpus, a table or a folder of recordings.

    Args:
        dataset: name of a corpus, path of a table, or path of a folder with audio files.
        data: folder with one folder per corpus.
        root: folder that relative paths of a table are below; by default that of the table.
        sample: maximum number of recordings that are decoded, evenly spread; None for all.
        workers: number of processes. Default: one per core.
        on_recording: called with the number of recordings decoded so far and of all that will be.

    Raises:
        InputError: if there is no such corpus, or no row is usable.
    """
    scan = _scan(dataset, Path(data), None if root is None else Path(root))
    measured = measure_all(scan.root, spread(scan.recordings, sample), workers, on_recording)
    return Findings(
        scan.dataset,
        len(scan.recordings),
        len(measured),
        sum(one.problem is None for one in measured),
        scan.notes,
        tuple(findings_of(scan, measured)),
    )


def check_store(root: Path, datasets: Sequence[str] | None = None) -> tuple[Findings, ...]:
    """Find what is odd about the corpora of a store, from their rows; no file is opened.

    Silence around speech and clipping are not in the rows.

    Args:
        root: folder or URL of the store.
        datasets: corpora; all by default.

    Raises:
        InputError: if there is no store, or it has no such corpus.
    """
    store = open_store(root)
    results = []
    for name in store.check(datasets):
        measured = stored.measured(store, store.files([name]))
        findings = tuple(findings_of(stored.scan(store, name, measured), measured))
        results.append(Findings(name, len(measured), len(measured), len(measured), (), findings))
    return tuple(results)


def findings_of(scan: Scan, measured: Sequence[Measured]) -> Iterator[Finding]:
    """Findings of all checks, in their order."""
    for of_rows in CHECKS:
        yield from of_rows(scan)
    for of_audio in AUDIO_CHECKS:
        yield from of_audio(measured)


def _scan(dataset: str, data: Path, root: Path | None) -> Scan:
    """Recordings of a corpus or table; those of a folder have no speakers and emotions."""
    folder = Path(dataset)
    is_folder = dataset != "" and folder.is_dir()  # Path("") is the working folder
    if same(dataset, corpora.names()) is not None or corpora.is_table(dataset) or not is_folder:
        return corpora.scan(dataset, data, root=root)
    name = folder.absolute().name
    files = sorted(audio_files(folder.absolute(), "."))
    if not files:
        raise InputError(f"no audio file below {folder}: expected recordings: check the path")
    paths = [file.path.removeprefix("./") for file in files]
    return Scan(
        name,
        folder.absolute(),
        tuple(
            Recording(name, path, path, None, UNKNOWN, "")
            for path, file in zip(paths, files, strict=True)
            if not file.problem
        ),
        tuple(
            Rejected(name, path, file.problem)
            for path, file in zip(paths, files, strict=True)
            if file.problem
        ),
    )
