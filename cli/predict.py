"""`ser predict`: audio files, or folders of them → emotions."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.options import Artifact, Workers
from cli.progress import metered, progress, say

if TYPE_CHECKING:
    from ser_models.inference import Predictor
    from ser_models.listing import Listed
    from ser_models.prediction import Prediction, Told

Format = Literal["table", "json", "csv", "parquet"]

STDIN = Path("-")


def predict(
    artifact: Artifact,
    files: Annotated[
        list[Path],
        typer.Argument(
            help='Audio files, folders of them, patterns such as "calls/**/*.wav", or - for stdin.'
        ),
    ],
    top: Annotated[int, typer.Option(min=1, help="How many emotions to rank.")] = 3,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Recognise recordings over 4 s window by window too.")
    ] = False,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="How to answer; default: table, or what --out ends with."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the answers into this file; after a kill, the same command goes on."),
    ] = None,
    workers: Workers = None,
) -> int:
    """Recognise the emotion of each file; exits with 1 if a file was refused.

    Example: ser predict artifacts/cnn_lstm calls/ --timeline --out answers.csv
    """
    from ser_models.inference import load
    from ser_models.listing import listed
    from ser_models.prediction import Told

    chosen = _format(form, out)
    content = _stdin(files)
    found = listed(files) if content is None else []
    predictor = load(artifact)
    asked: dict[str, Any] = {"top": top, "timeline": timeline}
    if out is not None and content is None:
        told = _into_file(out, chosen, predictor, found, workers=workers, **asked)
    else:
        told = Told()
        predictions = (
            _all(predictor, found, workers, asked) if content is None else _one(predictor, content, **asked)
        )
        _write(told.passing(predictions), chosen, out, predictor.labels, timeline=timeline)
    _tell(told)
    return 1 if told.refused else 0


def _format(form: str | None, out: Path | None) -> str:
    """How to answer.

    Raises:
        InputError: if a screen or a file cannot hold it.
    """
    from ser_features.errors import InputError
    from ser_models.answers import FILES

    if out is None:
        if form == "parquet":
            raise InputError(
                "--format parquet without --out: a screen cannot show it: pass --out FILE.parquet"
            )
        return form or "table"
    chosen = form or out.suffix.lstrip(".").lower()
    if chosen not in FILES:
        raise InputError(f"--out {out} as {chosen or 'nothing'}: expected --format {', '.join(FILES)}")
    return chosen


def _stdin(files: Sequence[Path]) -> bytes | None:
    """The recording on stdin; None if none is asked for.

    Raises:
        InputError: if files are asked for beside it.
    """
    from ser_features.audio import MAX_BYTES
    from ser_features.errors import InputError

    if STDIN not in files:
        return None
    if len(files) > 1:
        raise InputError("- stands for one recording on stdin, found files beside it: name it alone")
    return sys.stdin.buffer.read(MAX_BYTES)


def _one(predictor: "Predictor", content: bytes, *, top: int, timeline: bool) -> "list[Prediction]":
    return predictor.predict([content], top=top, timeline=timeline, names=[str(STDIN)])


def _all(
    predictor: "Predictor", found: "Sequence[Listed]", workers: int | None, asked: dict[str, Any]
) -> "Iterator[Prediction]":
    """Recognise files, and show now and then how far it is."""
    from ser_models.batch import recognise

    with progress("recognising", len(found)) as advance:
        for prediction in recognise(predictor, found, workers=workers, **asked):
            advance()
            yield prediction


def _into_file(
    out: Path, form: str, predictor: "Predictor", found: "Sequence[Listed]", **asked: Any
) -> "Told":
    from ser_models.journal import answer_into

    with metered("recognising") as meter:

        def watch(before: int, done: int) -> None:
            if done == before:
                meter.begin(len(found), before)
            meter.reach(done)

        told = answer_into(out, predictor, found, form=form, watch=watch, **asked)
    earlier = f", {told.before} of them from an earlier run" if told.before else ""
    print(f"{told.count} answers{earlier}: {out}")
    return told


def _write(
    predictions: "Iterable[Prediction]",
    form: str,
    out: Path | None,
    labels: Sequence[str],
    *,
    timeline: bool,
) -> None:
    from ser_models.answers import write_csv, write_file, write_json

    if out is not None:
        write_file(out, form, predictions, labels, timeline=timeline)
    elif form == "json":
        write_json(sys.stdout, predictions)
    elif form == "csv":
        write_csv(sys.stdout, predictions, labels, timeline=timeline)
    else:
        _print_tables(list(predictions))


def _print_tables(predictions: "Sequence[Prediction]") -> None:
    """Print the answers, then the timelines."""
    from cli.tables import print_table

    answered = [each for each in predictions if not each.error]
    rows = [
        [each.file, *(f"{one['emotion']} {one['probability']:.3f}" for one in each.top)] for each in answered
    ]
    if rows:
        print_table(["file", *(f"{rank}." for rank in range(1, len(rows[0])))], rows)
    for each in answered:
        if each.timeline:
            print(f"\n{each.file}, window by window:")
            print_table(["from", "to", "emotion"], [_window(part) for part in each.timeline])


def _window(part: dict[str, Any]) -> list[str]:
    share = f" {max(part['probabilities'].values()):.3f}" if part["emotion"] else ""
    return [f"{part['start']:.1f} s", f"{part['end']:.1f} s", f"{part['emotion'] or 'nothing said'}{share}"]


def _tell(told: "Told") -> None:
    """Name what was refused, and print each warning once, with the number of files it is about."""
    for prediction in told.refused:
        print(f"refused {prediction.file}: {prediction.error}", file=sys.stderr)
    for warning, count in told.warnings.items():
        say(f"warning: {warning} ({count} of {told.count} files)")
