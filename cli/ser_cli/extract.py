"""`ser extract`: folders of recordings → feature store."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ser_cli import completion, next_step
from ser_cli.options import DEFAULT_DATA, DEFAULT_STORE, AsJson, Data, Root, Store, Workers
from ser_cli.progress import extraction_progress, hint, say
from ser_cli.refusals import print_failures, too_many

if TYPE_CHECKING:
    from ser_features.engine import ExtractReport
    from ser_features.engine.task import Failure

LISTED = 20
"""Number of entries of a list on screen; the store holds all of them."""

ACROSS = 12
"""Maximum number of emotions that are columns of the summary; more are rows."""

NAMED = 3
"""Number of recordings that a line names as examples."""


def extract(
    datasets: Annotated[
        list[str],
        typer.Option(
            help="Corpora: ravdess tess cremad savee emodb demo, or tables: CSV (ser manifest), JSON lines, "
            "Parquet, or a folder of audformat, Kaldi or Parquet.",
            autocompletion=completion.corpora,
        ),
    ],
    data: Data = DEFAULT_DATA,
    root: Root = None,
    store: Store = DEFAULT_STORE,
    profile: Annotated[
        str | None,
        typer.Option(
            help="Profile of a new store: speech16k-compiled (default), speech16k, speech16k-fast, "
            "speech16k-raw, paper48k, wide16k or wide16k-raw; suffixes add steps: +bone +peak +denoise +trim "
            "+preemphasis.",
            autocompletion=completion.profiles,
        ),
    ] = None,
    features: Annotated[
        list[str] | None,
        typer.Option(
            help="Features of a new store: core statistics functionals loudness mel mfcc pitch "
            "intonation chroma contrast tonnetz (default: core mel mfcc pitch; core is always stored); with "
            "--encoder also ssl or ssl_pooled.",
            autocompletion=completion.features,
        ),
    ] = None,
    for_model: Annotated[
        str | None,
        typer.Option(
            "--for",
            help="Name of a model, instead of --features: all that it reads (best is the "
            "recommended one), and --speed-perturb if it learns from the copies.",
            autocompletion=completion.models,
        ),
    ] = None,
    encoder: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Pretrained encoder for the features ssl and ssl_pooled: folder of a wav2vec2, HuBERT, "
            "WavLM or Whisper model saved by transformers (default: that of the store). No download.",
        ),
    ] = None,
    encoder_layer: Annotated[
        int | None,
        typer.Option(
            help="Layer of the hidden states: 0 is the input of the first layer, -1 the last (default)."
        ),
    ] = None,
    encoder_pooling: Annotated[
        Literal["mean", "mean_std"] | None,
        typer.Option(help="Pooling of hidden states over time (default: mean)."),
    ] = None,
    emotions: Annotated[
        list[str] | None,
        typer.Option(help="Words of a table and what they stand for, such as fru=angry exc=happy."),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            help="TOML file of words and their labels, as-is to keep the words of a table, or none for a "
            "table without emotions (default: usual spellings and synonyms are joined, such as joy as happy, "
            "and shown).",
        ),
    ] = None,
    workers: Workers = None,
    executor: Annotated[
        Literal["local", "dask"], typer.Option(help="Run in local processes or on a Dask cluster.")
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="With --executor dask: address of a running scheduler, such as tcp://head:8786 (default: "
            "start a local cluster with --workers processes).",
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Maximum number of recordings per corpus, evenly spaced.")
    ] = None,
    speed_perturb: Annotated[
        bool,
        typer.Option(
            "--speed-perturb",
            help="Speed perturbation: also store features of each recording at 0.9 and 1.1 times its speed, "
            "as augmentation of training data.",
        ),
    ] = False,
    rooms: Annotated[
        int,
        typer.Option(
            min=0,
            help="Also store features of this number of copies of each recording in other rooms and through "
            "other channels: reverberation, noise, equaliser, telephone or codec, speed, vocal tract.",
        ),
    ] = 0,
    keep_missing: Annotated[
        bool,
        typer.Option(
            "--keep-missing",
            help="Keep rows whose recordings are gone from the folder or table; they are removed otherwise.",
        ),
    ] = False,
    channel: Annotated[
        Literal["mix", "left", "right", "each"] | None,
        typer.Option(
            help="Of recordings with several channels: mix of those with sound, left or right alone, or each "
            "for a row per channel; default: as in the store, mix for a new one."
        ),
    ] = None,
    max_failures: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Exit with code 1 if more files than this are refused; default: if more than half are.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Extract features of recordings into a feature store; only new and changed recordings are computed.

    Rows whose recordings are gone or refused now are removed; --keep-missing keeps the former.

    Example: ser extract --datasets wavs/wavs.csv --for best
    """
    from ser_cli.tables import print_json
    from ser_features.api import extract as extract_features
    from ser_features.caches import keep_arrow_from_pandas
    from ser_features.labels import parse_mapping

    keep_arrow_from_pandas()
    if for_model:
        features, has_copies = _of_model(for_model, features)
        speed_perturb = speed_perturb or has_copies
    with extraction_progress() as observer:
        report = extract_features(
            datasets,
            data=data,
            store=str(store),  # or the URL of an object store
            profile=profile,
            features=features,
            encoder=encoder,
            encoder_layer=encoder_layer,
            encoder_pooling=encoder_pooling,
            emotions=parse_mapping(emotions or []),
            labels=labels,
            root=root,
            executor=executor,
            scheduler=scheduler,
            workers=workers,
            limit=limit,
            speed_perturb=speed_perturb,
            rooms=rooms,
            keep_missing=keep_missing,
            channel=channel,
            observer=observer,
        )
    print_failures(report, max_failures)
    _print_notes(report)
    is_failed = too_many(report, max_failures)
    if as_json:
        print_json(_summary(report, store))
    else:
        _print_summary(report, store)
        if report.counts and not is_failed:
            hint(next_step.training(store))
    return 1 if is_failed else 0


def _of_model(name: str, features: list[str] | None) -> tuple[list[str], bool]:
    """The features that a model reads beside those of every store, and whether it learns from copies."""
    from ser_features.errors import InputError
    from ser_features.extractors import DEFAULT_FAMILIES
    from ser_models.models import create
    from ser_models.models.registry import families_read

    if features:
        raise InputError(f"--for {name} with --features: expected one of them: leave the other out")
    has_copies = create(name, described_only=True).learns_from_copies
    return list(dict.fromkeys((*DEFAULT_FAMILIES, *families_read(name)))), has_copies


def _print_notes(report: "ExtractReport") -> None:
    from ser_features.errors import listed

    for line in report.corpus_notes:
        say(line)
    if removed := report.removed:
        say(f"removed, as the corpus refuses or no longer has them: {listed(removed, NAMED)}")
    _print_oddities(report)
    for note in report.notes:
        say(f"note: {note.note} ({note.count} files, such as {note.example!r})")
    for dataset, duplicates in report.duplicates.items():
        example = f"such as {duplicates[0].dropped!r} (kept {duplicates[0].kept!r})"
        say(f"{dataset}: {len(duplicates)} duplicates left out, {example}")
    if copies := report.second_copies:
        example = f"such as {copies[0].path!r}: {copies[0].error_class}"
        say(f"{len(copies)} refused, and another copy of the same recording is stored instead, {example}")
    if made := report.copies:
        say(f"copies: {made.stored} stored, {made.unchanged} unchanged, {len(made.failures)} failed")


def _print_oddities(report: "ExtractReport") -> None:
    """Recordings that contradict each other, count twice or do not belong."""
    for contradiction in report.contradictory[:LISTED]:
        say(f"identical audio with other labels, of which one is wrong: {contradiction}")
    named = {contradiction.file_ids for contradiction in report.contradictory[:LISTED]}
    groups = [group for group in report.identical if group not in named]
    for group in groups[:LISTED]:
        say(f"identical audio: {' = '.join(group)}")
    if len(groups) > LISTED:
        say(f"and {len(groups) - LISTED} more groups of identical audio")
    if takes := report.modalities:
        example = f"such as {' = '.join(takes[0])}"
        say(f"{len(takes)} takes are stored in several modalities and count more than once, {example}")
    for overlong in report.overlong:
        say(f"far longer than the others: {overlong}")


def _summary(report: "ExtractReport", store: Path) -> dict[str, Any]:
    """Result as `--json` prints it.

    `relabelled` is the number of rows with new labels or paths; `removed` has the file_ids of rows whose
    recordings the corpus no longer has; `counts` has the rows by corpus and emotion; `failures` the path,
    error_class and message of each refused file; `corpus_notes` how tables were understood; `second_copies`
    the refused files of recordings that have another file, which is stored; `duplicates` the number of
    recordings of each corpus that another folder has too; `identical` groups of file_ids that hold the same
    bytes; `contradictory` those of them with different labels; `modalities` groups of file_ids that are one
    take; `overlong` recordings far longer than the median of their corpus; `notes` the note, count and
    example of what is unusual about files; `copies` the augmented copies stored, unchanged and failed, null
    without --speed-perturb and --rooms; `next` the command that comes next.
    """
    counts: dict[str, dict[str, int]] = {}
    for (dataset, emotion), count in sorted(report.counts.items()):
        counts.setdefault(dataset, {})[emotion] = count
    copies = report.copies
    return {
        "store": store,
        "stored": report.stored,
        "unchanged": report.unchanged,
        "relabelled": report.relabelled,
        "removed": report.removed,
        "counts": counts,
        "failures": _failures(report.failures),
        "damaged": report.damaged,
        "corpus_notes": report.corpus_notes,
        "second_copies": _failures(report.second_copies),
        "duplicates": {dataset: len(dropped) for dataset, dropped in report.duplicates.items()},
        "identical": report.identical,
        "contradictory": [one.file_ids for one in report.contradictory],
        "modalities": report.modalities,
        "overlong": [asdict(one) for one in report.overlong],
        "notes": [asdict(note) for note in report.notes],
        "copies": copies
        and {"stored": copies.stored, "unchanged": copies.unchanged, "failures": _failures(copies.failures)},
        "next": next_step.training(store) if counts else None,
    }


def _failures(failures: "list[Failure]") -> list[dict[str, str]]:
    return [
        {"path": failure.path, "error_class": failure.error_class, "message": failure.message}
        for failure in failures
    ]


def _print_summary(report: "ExtractReport", store: Path) -> None:
    from ser_cli.tables import print_table
    from ser_features.labels import in_order

    emotions = in_order({emotion for _, emotion in report.counts})
    datasets = sorted({dataset for dataset, _ in report.counts})
    is_wide = len(emotions) > ACROSS
    rows = [["emotion" if is_wide else "corpus", *emotions, "all"]]
    for dataset in datasets:
        counts = [report.counts.get((dataset, emotion), 0) for emotion in emotions]
        rows.append([dataset, *map(str, counts), str(sum(counts))])
    if is_wide:
        rows = [list(row) for row in zip(*rows, strict=True)]
    print_table(rows[0], rows[1:])
    changes = ((report.relabelled, "relabelled"), (len(report.removed), "removed"))
    more = "".join(f"{count} {what}, " for count, what in changes if count)
    print(
        f"{report.stored} stored, {report.unchanged} unchanged, {more}{len(report.failures)} failed: {store}"
    )
