"""`ser download`: published corpora → the data root, with their licences confirmed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ser_cli import completion
from ser_cli.options import AsJson
from ser_cli.progress import hint
from ser_cli.transfers import watched_bytes

if TYPE_CHECKING:
    from ser_features.download import Archive, Plan, Repository


def download(
    corpora: Annotated[
        list[str],
        typer.Argument(
            help="One or several: ravdess tess emodb cremad savee.", autocompletion=completion.published
        ),
    ],
    to: Annotated[Path, typer.Option(envvar="SER_DATA", help="Folder that gets a folder per corpus.")] = Path(
        "data/raw"
    ),
    yes: Annotated[bool, typer.Option("--yes", help="Accept the licences without being asked.")] = False,
    as_json: AsJson = False,
) -> int:
    """Fetch corpora from where they are published, check them and unpack them; run again, it goes on.

    Corpora that are not to be had this way are explained instead, and the exit code is 1.

    Example: ser download ravdess emodb
    """
    from ser_cli.tables import print_json
    from ser_features.download import ByHand, plan

    plans = [plan(name, to) for name in dict.fromkeys(corpora)]
    for each in plans:
        if not each.whole and not isinstance(each.source, ByHand):
            _confirm(each, each.source, yes=yes)
    outcomes = []
    for each in plans:
        outcomes.append(_carry_out(each, alone=len(plans) == 1))
        if not as_json:
            _print(each, outcomes[-1])
    ready = [each["corpus"] for each in outcomes if each["state"] in ("there", "fetched")]
    following = f"ser extract --datasets {' '.join(ready)} --data {to}" if ready else None
    if as_json:
        print_json({"data": to, "corpora": outcomes, "next": following})
    elif following:
        hint(following)
    return 0 if len(ready) == len(plans) else 1


def _confirm(planned: "Plan", source: "Archive | Repository", *, yes: bool) -> None:
    """Show the licence and have it accepted.

    Raises:
        InputError: if it is not, or nobody can be asked.
    """
    from ser_features.errors import InputError

    corpus = planned.corpus
    size = f"{source.size / 1e6:.1f} MB" if source.size else "an archive"
    print(
        f"{corpus.name}: {corpus.title}, {corpus.whole} recordings: {size} from {source.host} "
        f"({source.origin}), about {source.unpacked / 1e6:.0f} MB unpacked\n"
        f"  licence: {planned.licence}\n  about it: {source.page}\n  cite: {corpus.citation}",
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


def _carry_out(planned: "Plan", *, alone: bool) -> dict[str, Any]:
    """Do what is to be done about one corpus, and say how it ended, as for `--json`.

    corpus; state: "there" (nothing was to be done), "fetched", "by hand" (with reason and steps) or "failed"
    (with error); recordings that are there now; expected, of the whole corpus; folder; licence.

    Raises:
        SerError: why it did not work, if there are no others to go on with.
    """
    from ser_features.download import ByHand
    from ser_features.errors import SerError

    outcome: dict[str, Any] = {
        "corpus": planned.corpus.name,
        "state": "there",
        "recordings": planned.there,
        "expected": planned.corpus.whole,
        "folder": planned.folder,
        "licence": planned.licence,
    }
    if planned.whole:
        return outcome
    if isinstance(planned.source, ByHand):
        steps = [step.format(folder=planned.folder) for step in planned.source.steps]
        return {**outcome, "state": "by hand", "reason": planned.source.reason, "steps": steps}
    try:
        return {**outcome, "state": "fetched", "recordings": _fetch(planned)}
    except SerError as error:
        if alone:
            raise
        print(f"error: {error}", file=sys.stderr)
        return {**outcome, "state": "failed", "error": str(error)}


def _fetch(planned: "Plan") -> int:
    """Fetch one corpus and return how many recordings there are now."""
    from ser_features.download import install

    name, expected = planned.corpus.name, planned.corpus.whole
    with watched_bytes(name) as watch:
        count = install(planned, watch=watch)
    if expected not in (None, count):
        print(f"{name}: expected {expected} recordings: look at {planned.folder}", file=sys.stderr)
    return count


def _print(planned: "Plan", outcome: dict[str, Any]) -> None:
    name, state = planned.corpus.name, outcome["state"]
    if state == "there":
        print(f"{name}: already there: {planned.there} recordings in {planned.to}")
    elif state == "fetched":
        print(f"{name}: {outcome['recordings']} recordings in {planned.folder}")
    elif state == "by hand":
        _explain(planned, outcome)


def _explain(planned: "Plan", outcome: dict[str, Any]) -> None:
    """Print what to do about a corpus that is not fetched."""
    corpus = planned.corpus
    print(f"{corpus.name}: not fetched, for {outcome['reason']}; licence: {planned.licence}")
    for number, step in enumerate(outcome["steps"], 1):
        print(f"  {number}. {step}")
    print(f"  about it: {corpus.url}")
    print(f"  then: ser extract --datasets {corpus.name} --data {planned.to}")
