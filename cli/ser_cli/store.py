"""`ser store …`: look into a feature store, ask it, hand it on, check it, tidy it up."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from ser_cli.options import DEFAULT_STORE, AsJson, Store, Stored
from ser_cli.progress import hint, progress

LISTED = 20
"""Longer lists of problems are cut short on screen."""

MANY_TABLES = 256
"""With more tables than this, joining them is worth a word."""

app = typer.Typer(
    help="Look into a feature store, ask it, hand it on, check it, tidy it up.", no_args_is_help=True
)


@app.callback()
def _options() -> None:
    """Look into a feature store, ask it, hand it on, check it, tidy it up."""


@app.command()
def info(
    store: Store = DEFAULT_STORE,
    columns: Annotated[bool, typer.Option(help="List every column with unit and meaning.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a store holds: profile, families, rows by corpus, hours of audio, failures.

    JSON: store, profile, digest, families, corpora (dataset, rows, speakers, emotions, hours, failures,
    tables) and, with --columns, columns (name, type, unit, description).

    Example: ser store info --columns
    """
    from ser_cli.tables import print_json, print_table
    from ser_features.store import describe, open_store

    opened = open_store(store)
    dictionary = opened.description.dictionary() if columns else []
    described = describe(opened)
    if as_json:
        content = {"store": store, "profile": opened.profile.name, "digest": opened.digest}
        content |= {"families": opened.families, "corpora": [asdict(each) for each in described]}
        print_json(content | ({"columns": dictionary} if columns else {}))
        return
    print(f"{store}: profile {opened.profile.name} ({opened.digest}), families {' '.join(opened.families)}")
    print_table(
        ["corpus", "rows", "speakers", "emotions", "hours", "failures"],
        [
            [d.dataset, str(d.rows), str(d.speakers), str(d.emotions), f"{d.hours:.2f}", str(d.failures)]
            for d in described
        ],
    )
    if (tables := sum(each.tables for each in described)) > MANY_TABLES:
        hint(f"ser store compact --store {store}, as it has {tables} tables")
    for column in dictionary:
        unit = f" [{column['unit']}]" if column["unit"] else ""
        print(f"{column['name']}{unit}: {column['description']}")


@app.command()
def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One select over files, variants, failures and columns.")
    ],
    store: Store = DEFAULT_STORE,
    format: Annotated[
        Literal["table", "csv", "json"], typer.Option(help="A table to read, or all rows for programs.")
    ] = "table",
) -> None:
    """Ask a store in SQL, which DuckDB answers: nothing can be changed or written.

    Example: ser store query "select emotion, count(*) from files group by 1"
    """
    from ser_cli.answers import WRITERS
    from ser_features.store import open_store
    from ser_features.store.query import query as ask

    with ask(open_store(store), sql) as answer:
        WRITERS[format](answer)


@app.command()
def export(
    format: Annotated[Literal["csv", "arff", "audformat"], typer.Option(help="What it is written as.")],
    out: Annotated[Path, typer.Option(help="File to write; for audformat, a folder.")],
    datasets: Stored = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Write the rows of a store for other programs: one CSV file, Weka's ARFF, an audformat database.

    Example: ser store export --format arff --out speech.arff --datasets ravdess
    """
    from ser_features.store import open_store
    from ser_features.store.export import export as write

    with progress("reading", unit="rows") as advance:
        done = write(open_store(store), format, out, datasets or None, advance)
    print(
        f"{out}: {done.recordings:,} recordings of {', '.join(done.datasets)}, {done.columns} columns, as "
        f"{format}"
    )
    hint(done.following)


@app.command()
def verify(store: Store = DEFAULT_STORE, as_json: AsJson = False) -> int:
    """Read every byte of a store and say what is not as it was written; exits with 1 if anything is.

    JSON: store, tables, frame_files and problems (path, reason).

    Example: ser store verify --store data/store
    """
    from ser_cli.tables import print_json
    from ser_features.store.verify import verify as find_problems

    with progress("reading") as advance:
        found = find_problems(store, lambda path: advance())
    if as_json:
        print_json({"store": store, **asdict(found)})
        return 1 if found.problems else 0
    for problem in found.problems[:LISTED]:
        print(f"{problem.path}: {problem.reason}")
    if len(found.problems) > LISTED:
        print(f"… and {len(found.problems) - LISTED} more")
    read = f"{found.tables} tables and {found.frame_files} files of frames"
    if not found.problems:
        print(f"{store}: {read} are as they were written")
        return 0
    print(
        f"{len(found.problems)} problems in {read}: to mend them, run ser extract --store {store} again "
        "with the datasets and the data that it was made from",
        file=sys.stderr,
    )
    return 1


@app.command()
def compact(store: Store = DEFAULT_STORE, as_json: AsJson = False) -> None:
    """Join the many small files of a large store into few; nothing else may work in it meanwhile.

    JSON: store and corpora (dataset, before, after, skipped).

    Example: ser store compact --store data/store
    """
    from ser_cli.tables import print_json
    from ser_features.store import open_store
    from ser_features.store.compact import compact as join

    with progress("joining", unit="shards") as advance:
        joined = list(join(open_store(store), lambda shard: advance()))
    if as_json:
        print_json({"store": store, "corpora": [asdict(each) for each in joined]})
        return
    for each in joined:
        left = f", left as it is: {each.skipped}" if each.skipped else ""
        print(f"{each.dataset}: {each.before} tables → {each.after}{left}")
