"""`ser download`: published corpora → the data root, after confirmation of their licences."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ser_cli import completion, next_step
from ser_cli.options import DEFAULT_DATA, AsJson
from ser_cli.progress import download_progress, hint

if TYPE_CHECKING:
    from ser_features.download import Archive, Plan, Repository


def download(
    corpora: Annotated[
        list[str],
        typer.Argument(
            help="Corpora, such as ravdess tess emodb cremad.", autocompletion=completion.published
        ),
    ],
    to: Annotated[
        Path, typer.Option(envvar="SER_DATA", help="Data root: gets one subfolder per corpus.")
    ] = DEFAULT_DATA,
    yes: Annotated[bool, typer.Option("--yes", help="Accept the licences without a prompt.")] = False,
    as_json: AsJson = False,
) -> int:
    """Download published corpora, verify their checksums and unpack them; interrupted downloads are resumed.

    For a corpus that cannot be downloaded, the steps to obtain it are printed and the exit code is 1.

    Example: ser download ravdess emodb
    """
    from ser_cli.tables import print_json
    from ser_features.download import ByHand, Repository, plan
    from ser_features.download.repository import require_git

    plans = [plan(name, to) for name in dict.fromkeys(corpora)]
    pending = [planned for planned in plans if not planned.complete]
    for planned in pending:
        if isinstance(planned.source, Repository):
            require_git(planned.corpus.name)
    for planned in pending:
        if not isinstance(planned.source, ByHand):
            _confirm(planned, planned.source, yes=yes)
    outcomes = []
    for planned in plans:
        outcomes.append(_carry_out(planned, alone=len(plans) == 1))
        if not as_json:
            _print(planned, outcomes[-1])
    ready = [outcome["corpus"] for outcome in outcomes if outcome["state"] in ("present", "downloaded")]
    following = next_step.extraction(ready, to) if ready else None
    if as_json:
        print_json({"data": to, "corpora": outcomes, "next": following})
    elif following:
        hint(following)
    return 0 if len(ready) == len(plans) else 1


def _confirm(planned: "Plan", source: "Archive | Repository", *, yes: bool) -> None:
    """Show the licence and ask for its acceptance.

    Raises:
        InputError: if it is declined, or there is no terminal to ask on.
    """
    from ser_features.errors import InputError

    corpus = planned.corpus
    size = f"{source.size / 1e6:.1f} MB" if source.size else "an archive"
    print(
        f"{corpus.name}: {corpus.title}, {corpus.whole} recordings, {size} from {source.host} "
        f"({source.origin}), about {source.unpacked / 1e6:.0f} MB unpacked\n"
        f"  licence: {planned.licence}\n  web page: {source.page}\n  citation: {corpus.citation}",
        file=sys.stderr,
    )
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError(
            f"{corpus.name}: its licence ({planned.licence}) must be accepted, and there is no terminal to "
            "ask on: pass --yes if you accept it"
        )
    if not typer.confirm(f"Accept the licence and download {corpus.name} into {planned.folder}?", err=True):
        raise InputError(f"{corpus.name}: the licence was not accepted: nothing was downloaded")


def _carry_out(planned: "Plan", *, alone: bool) -> dict[str, Any]:
    """Download one corpus if needed, and return the outcome, as for `--json`.

    corpus; state: "present" (nothing to do), "downloaded", "manual" (with reason and steps) or "failed" (with
    error); recordings that are present now; expected, of the whole corpus; folder; licence.

    Raises:
        SerError: if the download failed and `alone`.
    """
    from ser_features.download import ByHand
    from ser_features.errors import SerError

    outcome: dict[str, Any] = {
        "corpus": planned.corpus.name,
        "state": "present",
        "recordings": planned.present,
        "expected": planned.corpus.whole,
        "folder": planned.folder,
        "licence": planned.licence,
    }
    if planned.complete:
        return outcome
    if isinstance(planned.source, ByHand):
        steps = [step.format(folder=planned.folder) for step in planned.source.steps]
        return {**outcome, "state": "manual", "reason": planned.source.reason, "steps": steps}
    try:
        return {**outcome, "state": "downloaded", "recordings": _fetch(planned)}
    except SerError as error:
        if alone:
            raise
        print(f"error: {error}", file=sys.stderr)
        return {**outcome, "state": "failed", "error": str(error)}


def _fetch(planned: "Plan") -> int:
    """Download one corpus and return the number of recordings that are present now."""
    from ser_features.download import install

    name, expected = planned.corpus.name, planned.corpus.whole
    with download_progress(name) as observer:
        count = install(planned, observer=observer)
    if expected not in (None, count):
        print(f"{name}: {count} recordings, expected {expected}: check {planned.folder}", file=sys.stderr)
    return count


def _print(planned: "Plan", outcome: dict[str, Any]) -> None:
    name, state = planned.corpus.name, outcome["state"]
    if state == "present":
        print(f"{name}: already present: {planned.present} recordings in {planned.to}")
    elif state == "downloaded":
        print(f"{name}: {outcome['recordings']} recordings in {planned.folder}")
    elif state == "manual":
        _explain(planned, outcome)


def _explain(planned: "Plan", outcome: dict[str, Any]) -> None:
    """Print how to obtain a corpus that cannot be downloaded."""
    corpus = planned.corpus
    print(f"{corpus.name}: not downloaded: {outcome['reason']}; licence: {planned.licence}")
    for number, step in enumerate(outcome["steps"], 1):
        print(f"  {number}. {step}")
    print(f"  web page: {corpus.url}")
    print(f"  then: {next_step.extraction([corpus.name], planned.to)}")
