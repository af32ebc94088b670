"""`ser download`: published corpora → the data root, with their licences confirmed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.transfers import watched_bytes

if TYPE_CHECKING:
    from ser_features.download import Archive, ByHand, Plan


def download(
    corpora: Annotated[list[str], typer.Argument(help="One or several: ravdess tess emodb cremad savee.")],
    to: Annotated[Path, typer.Option(envvar="SER_DATA", help="Folder that gets a folder per corpus.")] = Path(
        "data/raw"
    ),
    yes: Annotated[bool, typer.Option("--yes", help="Accept the licences without being asked.")] = False,
) -> int:
    """Fetch corpora from where they are published, check them and unpack them; run again, it goes on.

    Corpora that are not to be had this way are explained instead, and the exit code is 1.

    Example: ser download ravdess emodb
    """
    from ser_features.download import Archive, plan

    plans = [plan(name, to) for name in dict.fromkeys(corpora)]
    for each in plans:
        if not each.whole and isinstance(each.source, Archive):
            _confirm(each, each.source, yes=yes)
    ready = [each.corpus.name for each in plans if _carry_out(each, alone=len(plans) == 1)]
    if ready:
        print(f"next: ser extract --datasets {' '.join(ready)} --data {to}")
    return 0 if len(ready) == len(plans) else 1


def _confirm(planned: "Plan", archive: "Archive", *, yes: bool) -> None:
    """Show the licence and have it accepted.

    Raises:
        InputError: if it is not, or nobody can be asked.
    """
    from ser_features.errors import InputError

    corpus = planned.corpus
    size = f"{archive.size / 1e6:.1f} MB" if archive.size else "an archive"
    print(
        f"{corpus.name}: {corpus.title}, {corpus.whole} recordings: {size} from {archive.host} "
        f"({archive.origin}), about {archive.unpacked / 1e6:.0f} MB unpacked\n"
        f"  licence: {planned.licence}\n  about it: {archive.page}\n  cite: {corpus.citation}",
        file=sys.stderr,
    )
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError(
            f"{corpus.name}: its licence ({planned.licence}) has to be accepted, and found no terminal to "
            "ask on: pass --yes if you accept it"
        )
    if not typer.confirm(f"Do you accept it, and fetch {corpus.name} into {planned.folder}?", err=True):
        raise InputError(f"{corpus.name}: its licence was not accepted: nothing is fetched")


def _carry_out(planned: "Plan", *, alone: bool) -> bool:
    """Do what is to be done about one corpus, and return whether its recordings are there now."""
    from ser_features.download import ByHand

    if planned.whole:
        print(f"{planned.corpus.name}: already there: {planned.there} recordings in {planned.to}")
        return True
    if isinstance(planned.source, ByHand):
        _explain(planned, planned.source)
        return False
    return _fetch(planned, alone=alone)


def _fetch(planned: "Plan", *, alone: bool) -> bool:
    """Fetch one corpus; say so, or why not, and return whether it worked.

    Raises:
        SerError: why it did not work, if there are no others to go on with.
    """
    from ser_features.download import install
    from ser_features.errors import SerError

    name = planned.corpus.name
    try:
        with watched_bytes(name) as watch:
            count = install(planned, watch=watch)
    except SerError as error:
        if alone:
            raise
        print(f"error: {error}", file=sys.stderr)
        return False
    print(f"{name}: {count} recordings in {planned.folder}")
    if planned.corpus.whole not in (None, count):
        print(
            f"{name}: expected {planned.corpus.whole} recordings: look at {planned.folder}", file=sys.stderr
        )
    return True


def _explain(planned: "Plan", source: "ByHand") -> None:
    """Print what to do about a corpus that is not fetched."""
    corpus = planned.corpus
    print(f"{corpus.name}: not fetched, for {source.reason}; licence: {planned.licence}")
    for number, step in enumerate(source.steps, 1):
        print(f"  {number}. {step.format(folder=planned.folder)}")
    print(f"  about it: {corpus.url}")
    print(f"  then: ser extract --datasets {corpus.name} --data {planned.to}")
