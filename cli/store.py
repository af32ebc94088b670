"""`ser store …`: look into a feature store, check it, tidy it up."""

import sys
from typing import Annotated

import typer

from cli.options import DEFAULT_STORE, Store

LISTED = 20
"""Longer lists of problems are cut short on screen."""

MANY_TABLES = 256
"""With more tables than this, joining them is worth a word."""

app = typer.Typer(help="Look into a feature store, check it, tidy it up.", no_args_is_help=True)


@app.callback()
def _options() -> None:
    """Look into a feature store, check it, tidy it up."""


@app.command()
def info(
    store: Store = DEFAULT_STORE,
    columns: Annotated[bool, typer.Option(help="List every column with unit and meaning.")] = False,
) -> None:
    """Say what a store holds: profile, families, rows by corpus, hours of audio, failures.

    Example: ser store info --columns
    """
    from cli.tables import print_table
    from ser_features.store import describe, open_store

    opened = open_store(store)
    print(f"{store}: profile {opened.profile.name} ({opened.digest}), families {' '.join(opened.families)}")
    described = describe(opened)
    print_table(
        ["corpus", "rows", "speakers", "emotions", "hours", "failures"],
        [
            [d.dataset, str(d.rows), str(d.speakers), str(d.emotions), f"{d.hours:.2f}", str(d.failures)]
            for d in described
        ],
    )
    if (tables := sum(each.tables for each in described)) > MANY_TABLES:
        print(f"next: ser store compact --store {store}, as it has {tables} tables")
    for column in opened.description.dictionary() if columns else ():
        unit = f" [{column['unit']}]" if column["unit"] else ""
        print(f"{column['name']}{unit}: {column['description']}")


@app.command()
def verify(store: Store = DEFAULT_STORE) -> int:
    """Read every byte of a store and say what is not as it was written; exits with 1 if anything is.

    Example: ser store verify --store data/store
    """
    from cli.progress import say, seldom
    from ser_features.store.verify import verify as find_problems

    found = find_problems(store, seldom(lambda path: say(f"reading {path}")))
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
def compact(store: Store = DEFAULT_STORE) -> None:
    """Join the many small files of a large store into few; nothing else may work in it meanwhile.

    Example: ser store compact --store data/store
    """
    from cli.progress import say, seldom
    from ser_features.store import open_store
    from ser_features.store.compact import compact as join

    for each in join(open_store(store), seldom(lambda shard: say(f"writing {shard}"))):
        left = f", left as it is: {each.skipped}" if each.skipped else ""
        print(f"{each.dataset}: {each.before} tables → {each.after}{left}")
