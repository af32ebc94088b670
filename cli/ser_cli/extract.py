"""`ser extract`: folders of recordings → feature store."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ser_cli import completion
from ser_cli.options import DEFAULT_STORE, AsJson, Data, Store, Workers
from ser_cli.progress import hint, observed_files, say

if TYPE_CHECKING:
    from ser_features.config import EncoderConfig
    from ser_features.engine import ExtractReport
    from ser_features.engine.runner import Runner

LISTED = 20
"""Longer lists are cut short on screen; all of it is in the store."""


def extract(
    datasets: Annotated[
        list[str],
        typer.Option(
            help="Corpora, several words: ravdess tess cremad savee emodb demo, or mine.csv.",
            autocompletion=completion.corpora,
        ),
    ],
    data: Data = Path("data/raw"),
    store: Store = DEFAULT_STORE,
    profile: Annotated[
        str | None,
        typer.Option(
            help="Features of a new store: speech16k (default), speech16k-fast, paper48k or wide16k.",
            autocompletion=completion.profiles,
        ),
    ] = None,
    families: Annotated[
        list[str] | None,
        typer.Option(
            help="What a new store holds besides core: some of statistics functionals mel mfcc pitch chroma "
            "contrast tonnetz (default: core mel mfcc pitch); with --encoder also ssl, or ssl_pooled alone.",
            autocompletion=completion.families,
        ),
    ] = None,
    encoder: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Pretrained encoder of the family ssl: wav2vec2, HuBERT, WavLM or Whisper, as transformers "
            "saves them (default: that of the store). Nothing is downloaded.",
        ),
    ] = None,
    encoder_layer: Annotated[
        int | None,
        typer.Option(help="Whose hidden states: 0 is what the first layer reads, -1 the last (default: -1)."),
    ] = None,
    encoder_pooling: Annotated[
        Literal["mean", "mean_std"] | None,
        typer.Option(help="What is told of them for a whole recording (default: mean)."),
    ] = None,
    workers: Workers = None,
    executor: Annotated[
        Literal["local", "dask"], typer.Option(help="Who does the work: processes of this machine, or Dask.")
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="With --executor dask: a running cluster, such as tcp://head:8786 (default: one of this "
            "machine's own, with --workers processes).",
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many recordings of each corpus, evenly spread.")
    ] = None,
    copies: Annotated[
        bool,
        typer.Option(
            "--copies",
            help="Also store a slower and a faster copy of every recording, for models that learn from them.",
        ),
    ] = False,
    max_failures: Annotated[
        int | None, typer.Option(min=0, help="Exit with 1 if more files than this are refused.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Turn folders of recordings into a feature store; run again, it does only what is missing or changed.

    Example: ser extract --datasets tess cremad ravdess
    """
    from ser_cli.tables import print_json
    from ser_features.config import profile as find_profile
    from ser_features.engine import extract_corpora

    with _runner(executor, scheduler, workers) as runner, observed_files() as observer:
        report = extract_corpora(
            datasets,
            data=data,
            store=store,
            profile=find_profile(profile) if profile else None,
            families=families or None,
            encoder=_encoder(encoder, encoder_layer, encoder_pooling),
            runner=runner,
            limit=limit,
            observer=observer,
        )
    if copies:
        _make_copies(store, data, datasets, workers)
    _print_refused(report)
    _say_noticed(report)
    if as_json:
        print_json(_summary(report, store))
    else:
        _print_summary(report, store)
        if report.counts:
            hint(_next(store))
    return 1 if _too_many(report, max_failures) else 0


def _encoder(
    folder: Path | None, layer: int | None, pooling: Literal["mean", "mean_std"] | None
) -> "EncoderConfig | None":
    """The encoder that the flags describe; None leaves it to the store."""
    from ser_features.errors import InputError
    from ser_features.extractors.encoder import configure

    if folder:
        return configure(folder, -1 if layer is None else layer, pooling or "mean")
    if layer is not None or pooling:
        raise InputError("--encoder-layer and --encoder-pooling describe an encoder: add --encoder FOLDER")
    return None


def _runner(executor: str, scheduler: str | None, workers: int | None) -> "AbstractContextManager[Runner]":
    from ser_features.errors import InputError

    if executor == "local":
        from ser_features.engine.local import Local

        if scheduler is not None:
            raise InputError("--scheduler is Dask's, and the executor is local: add --executor dask")
        return nullcontext(Local(workers))
    if scheduler is not None and workers is not None:
        raise InputError(
            "--workers and --scheduler: a running cluster has the workers that it has: leave one of them out"
        )
    from ser_features.engine.connect import connect

    return connect(scheduler, workers)


def _too_many(report: "ExtractReport", limit: int | None) -> bool:
    """Over the limit; without one, only a run that has nothing to show for it counts as failed."""
    if limit is not None:
        return len(report.failures) > limit
    return bool(report.failures) and not report.counts


def _make_copies(store: Path, data: Path, datasets: list[str], workers: int | None) -> None:
    """Bring the slower and faster copies of the corpora up to date, of everything that the store holds."""
    from ser_features.augment import SPEED_COPIES
    from ser_features.engine.augmentation.run import augment_store
    from ser_features.store import open_store

    opened = open_store(store)
    names = [Path(word).stem if word.endswith(".csv") else word for word in datasets]
    with observed_files() as observer:
        made = augment_store(
            store,
            data,
            SPEED_COPIES,
            datasets=[name for name in names if name in opened.datasets],
            families=opened.families,
            workers=workers,
            observer=observer,
        )
    say(f"copies: {made.stored} stored, {made.unchanged} unchanged, {len(made.failures)} failed")


def _next(store: Path) -> str:
    """The command that comes next: of the model that is best with what the store holds."""
    from ser_features.store import open_store

    feeds_best = {"functionals", "mfcc"} <= set(open_store(store).families)
    return f"ser train --model {'best' if feeds_best else 'xgboost'} --store {store}"


def _print_refused(report: "ExtractReport") -> None:
    for failure in report.failures[:LISTED]:
        print(f"refused {failure.path!r}: {failure.error_class}: {failure.message}", file=sys.stderr)
    if len(report.failures) > LISTED:
        print(f"… and {len(report.failures) - LISTED} more, all in the store's failures/", file=sys.stderr)
    for path in report.damaged:
        print(f"a damaged table was set aside, its recordings are computed again: {path}", file=sys.stderr)


def _say_noticed(report: "ExtractReport") -> None:
    for group in report.identical[:LISTED]:
        say(f"identical audio: {' = '.join(group)}")
    if len(report.identical) > LISTED:
        say(f"… and {len(report.identical) - LISTED} more groups of identical audio")
    for dataset, copies in report.copies.items():
        example = f"such as {copies[0].dropped!r} (kept {copies[0].kept!r})"
        say(f"{dataset}: {len(copies)} second copies left out, {example}")


def _summary(report: "ExtractReport", store: Path) -> dict[str, Any]:
    """What a run did, for `--json`: store, stored, unchanged, counts, failures, damaged, copies, identical.

    `counts` has the rows by corpus and emotion; `failures` path, error_class and message of each refused
    file; `copies` how many second copies of each corpus were left out; `identical` groups of file_ids that
    hold the same bytes; `next` the command that comes next.
    """
    counts: dict[str, dict[str, int]] = {}
    for (dataset, emotion), count in sorted(report.counts.items()):
        counts.setdefault(dataset, {})[emotion] = count
    return {
        "store": store,
        "stored": report.stored,
        "unchanged": report.unchanged,
        "counts": counts,
        "failures": [
            {"path": each.path, "error_class": each.error_class, "message": each.message}
            for each in report.failures
        ],
        "damaged": report.damaged,
        "copies": {dataset: len(copies) for dataset, copies in report.copies.items()},
        "identical": report.identical,
        "next": _next(store) if counts else None,
    }


def _print_summary(report: "ExtractReport", store: Path) -> None:
    from ser_cli.tables import print_table
    from ser_features.labels import in_order

    emotions = in_order({emotion for _, emotion in report.counts})
    datasets = sorted({dataset for dataset, _ in report.counts})
    rows = []
    for dataset in datasets:
        counts = [report.counts.get((dataset, emotion), 0) for emotion in emotions]
        rows.append([dataset, *map(str, counts), str(sum(counts))])
    print_table(["corpus", *emotions, "all"], rows)
    print(f"{report.stored} stored, {report.unchanged} unchanged, {len(report.failures)} failed: {store}")
