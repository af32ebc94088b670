"""`ser store …`: inspect, query, export, verify and compact a feature store."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from ser_cli import completion
from ser_cli.help import App
from ser_cli.options import DEFAULT_STORE, AsJson, Force, Store, Stored
from ser_cli.progress import hint, progress, say

LISTED = 20
"""Number of problems that are listed on screen."""

MANY_TABLES = 256
"""Above this number of tables, compaction is suggested."""

app = App(help="Inspect, query, export, verify and compact a feature store.")


@app.command()
def info(
    store: Store = DEFAULT_STORE,
    columns: Annotated[bool, typer.Option(help="List all columns with unit and description.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the content of a store: profile, features, recordings and hours of audio per corpus, failures.

    JSON: store, profile, digest, features, corpora (dataset, rows, speakers, emotions, hours, failures,
    tables, overlong: recordings far longer than the median) and, with --columns, columns (name, type, unit,
    description).

    Example: ser store info --columns
    """
    from ser_cli.tables import print_json, print_table
    from ser_features.store import describe, open_store

    opened = open_store(store)
    dictionary = opened.description.dictionary() if columns else []
    described = describe(opened)
    if as_json:
        content = {"store": store, "profile": opened.profile.name, "digest": opened.digest}
        content |= {"features": opened.families, "corpora": [asdict(corpus) for corpus in described]}
        print_json(content | ({"columns": dictionary} if columns else {}))
        return
    print(f"{store}: profile {opened.profile.name} ({opened.digest}), features {' '.join(opened.families)}")
    print_table(
        ["corpus", "rows", "speakers", "emotions", "hours", "failures"],
        [
            [d.dataset, str(d.rows), str(d.speakers), str(d.emotions), f"{d.hours:.2f}", str(d.failures)]
            for d in described
        ],
    )
    for corpus in described:
        if corpus.overlong:
            say(f"far longer than the others: {corpus.overlong}")
    if (tables := sum(corpus.tables for corpus in described)) > MANY_TABLES:
        say(f"{store} has {tables} table files: compaction makes reading faster")
        hint(f"ser store compact --store {store}")
    for column in dictionary:
        unit = f" [{column['unit']}]" if column["unit"] else ""
        print(f"{column['name']}{unit}: {column['description']}")


@app.command()
def query(
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL",
            help="One select over the tables files, variants, labels, failures, columns and, if stored, "
            "functionals and ssl_pooled.",
        ),
    ],
    store: Store = DEFAULT_STORE,
    format: Annotated[
        Literal["table", "csv", "json"],
        typer.Option(help="table: the first rows; csv, json: all rows."),
    ] = "table",
) -> None:
    """Query a store in SQL with DuckDB; read-only.

    Example: ser store query "select emotion, count(*) from files group by 1"
    """
    from ser_cli.query_output import WRITERS
    from ser_features.store import open_store
    from ser_features.store.query import query as ask

    with ask(open_store(store), sql) as answer:
        WRITERS[format](answer)


@app.command()
def export(
    format: Annotated[Literal["csv", "parquet", "arff", "audformat"], typer.Option(help="Output format.")],
    out: Annotated[Path, typer.Option(help="Output file; for audformat, a folder.")],
    datasets: Stored = None,
    features: Annotated[
        list[str] | None,
        typer.Option(
            help="Wide families whose columns follow: functionals ssl_pooled.",
            autocompletion=completion.features,
        ),
    ] = None,
    store: Store = DEFAULT_STORE,
    force: Force = False,
) -> None:
    """Export the rows of a store as one CSV or Parquet file, as ARFF (Weka), or as an audformat database.

    In Parquet emotion and gender are ordered categories, and times are timestamps.

    Example: ser store export --format parquet --out speech.parquet
    """
    from ser_features.store import open_store
    from ser_features.store.export import export as write

    with progress("exporting", unit="rows") as advance:
        done = write(
            open_store(store), format, out, datasets or None, advance, features=features or (), force=force
        )
    corpora = ", ".join(done.datasets)
    print(f"{out}: {done.recordings:,} recordings of {corpora}, {done.columns} columns, format {format}")
    hint(done.next_step)


@app.command()
def verify(store: Store = DEFAULT_STORE, as_json: AsJson = False) -> int:
    """Verify a store: read all files and compare checksums and row counts; exit code 1 if any differs.

    JSON: store, tables, frame_files and problems (path, reason).

    Example: ser store verify --store data/store
    """
    from ser_cli.tables import print_json
    from ser_features.store.verify import verify as find_problems

    with progress("verifying") as advance:
        report = find_problems(store, lambda path: advance())
    if as_json:
        print_json({"store": store, **asdict(report)})
        return 1 if report.problems else 0
    for problem in report.problems[:LISTED]:
        print(f"{problem.path}: {problem.reason}")
    if len(report.problems) > LISTED:
        print(f"and {len(report.problems) - LISTED} more")
    checked = f"{report.tables} tables and {report.frame_files} frame files"
    if not report.problems:
        print(f"{store}: {checked} verified, no problems")
        return 0
    print(
        f"{len(report.problems)} problems in {checked}: run ser extract --store {store} again with the "
        "original datasets and data root to repair them",
        file=sys.stderr,
    )
    return 1


@app.command()
def compact(store: Store = DEFAULT_STORE, as_json: AsJson = False) -> None:
    """Compact a store: merge its small table files; no other command may use it meanwhile.

    JSON: store and corpora (dataset, before, after, skipped).

    Example: ser store compact --store data/store
    """
    from ser_cli.tables import print_json
    from ser_features.store import open_store
    from ser_features.store.compact import compact as merge

    with progress("compacting", unit="shards") as advance:
        corpora = list(merge(open_store(store), lambda shard: advance()))
    if as_json:
        print_json({"store": store, "corpora": [asdict(corpus) for corpus in corpora]})
        return
    for corpus in corpora:
        skipped = f", not compacted: {corpus.skipped}" if corpus.skipped else ""
        print(f"{corpus.dataset}: {corpus.before} tables merged into {corpus.after}{skipped}")
