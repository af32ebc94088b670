"""`ser extract`: folders of recordings → feature store."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.options import DEFAULT_STORE, Data, Store, Workers
from cli.progress import observed_files

if TYPE_CHECKING:
    from ser_features.engine import ExtractReport
    from ser_features.engine.runner import Runner

LISTED = 20
"""Longer lists are cut short on screen; all of it is in the store."""


def extract(
    datasets: Annotated[
        list[str],
        typer.Option(help="Corpora, several words: ravdess tess cremad savee emodb demo, or mine.csv."),
    ],
    data: Data = Path("data/raw"),
    store: Store = DEFAULT_STORE,
    profile: Annotated[
        str | None,
        typer.Option(
            help="Features of a new store: speech16k (default), speech16k-fast, paper48k or wide16k."
        ),
    ] = None,
    families: Annotated[
        list[str] | None,
        typer.Option(
            help="What a new store holds besides core: some of statistics mel mfcc chroma contrast tonnetz "
            "(default: core mel mfcc)."
        ),
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
    max_failures: Annotated[
        int | None, typer.Option(min=0, help="Exit with 1 if more files than this are refused.")
    ] = None,
) -> int:
    """Turn folders of recordings into a feature store; run again, it does only what is missing or changed.

    Example: ser extract --datasets tess cremad ravdess
    """
    from ser_features.config import profile as find_profile
    from ser_features.engine import extract_corpora

    with _runner(executor, scheduler, workers) as runner, observed_files() as observer:
        report = extract_corpora(
            datasets,
            data=data,
            store=store,
            profile=find_profile(profile) if profile else None,
            families=families or None,
            runner=runner,
            limit=limit,
            observer=observer,
        )
    _print_noticed(report)
    _print_summary(report, store)
    return 1 if _too_many(report, max_failures) else 0


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


def _print_noticed(report: "ExtractReport") -> None:
    for failure in report.failures[:LISTED]:
        print(f"refused {failure.path!r}: {failure.error_class}: {failure.message}", file=sys.stderr)
    if len(report.failures) > LISTED:
        print(f"… and {len(report.failures) - LISTED} more, all in the store's failures/", file=sys.stderr)
    for path in report.damaged:
        print(f"a damaged table was set aside, its recordings are computed again: {path}", file=sys.stderr)
    for group in report.identical[:LISTED]:
        print(f"identical audio: {' = '.join(group)}", file=sys.stderr)
    if len(report.identical) > LISTED:
        print(f"… and {len(report.identical) - LISTED} more groups of identical audio", file=sys.stderr)
    for dataset, copies in report.copies.items():
        example = f"such as {copies[0].dropped!r} (kept {copies[0].kept!r})"
        print(f"{dataset}: {len(copies)} second copies left out, {example}", file=sys.stderr)


def _print_summary(report: "ExtractReport", store: Path) -> None:
    from cli.tables import print_table
    from ser_features.labels import in_order

    emotions = in_order({emotion for _, emotion in report.counts})
    datasets = sorted({dataset for dataset, _ in report.counts})
    rows = []
    for dataset in datasets:
        counts = [report.counts.get((dataset, emotion), 0) for emotion in emotions]
        rows.append([dataset, *map(str, counts), str(sum(counts))])
    print_table(["corpus", *emotions, "all"], rows)
    print(
        f"{report.stored} stored, {report.unchanged} unchanged, {len(report.failures)} failed: {store}\n"
        f"next: ser train --model xgboost --store {store}"
    )
