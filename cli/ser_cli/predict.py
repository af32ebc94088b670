"""`ser predict`: audio files, or folders of them → emotions."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ser_cli.options import Artifact, Workers
from ser_cli.progress import metered, progress, say

if TYPE_CHECKING:
    from ser_models.data.speaker_norm import SpeakerStats
    from ser_models.inference.files import Listed
    from ser_models.inference.prediction import Prediction, Told
    from ser_models.inference.predictor import Predictor

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
    speakers: Annotated[
        Path | None,
        typer.Option(
            help="For models of --speaker-norm: a CSV with the columns file and speaker; default: all files "
            "are one speaker's."
        ),
    ] = None,
    abstain_below: Annotated[
        float, typer.Option(min=0, max=1, help="Say no emotion where the confidence is below.")
    ] = 0.0,
    workers: Workers = None,
) -> int:
    """Recognise the emotion of each file; exits with 1 if a file was refused.

    Example: ser predict artifacts/cnn_lstm calls/ --timeline --out answers.csv
    """
    from ser_models.inference.files import listed
    from ser_models.inference.prediction import Told
    from ser_models.inference.predictor import load

    chosen = _format(form, out)
    content = _stdin(files)
    found = listed(files) if content is None else []
    predictor = load(artifact)
    known = _voices(predictor, found, speakers, workers)
    asked: dict[str, Any] = {"top": top, "timeline": timeline, "abstain_below": abstain_below}
    if out is not None and content is None:
        told = _into_file(out, chosen, predictor, found, known=known, workers=workers, **asked)
    else:
        told = Told()
        predictions = (
            _all(predictor, found, known=known, workers=workers, **asked)
            if content is None
            else predictor.predict([content], names=[str(STDIN)], **asked)
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
    from ser_models.inference.output import FILES

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


def _voices(
    predictor: "Predictor", found: "Sequence[Listed]", table: Path | None, workers: int | None
) -> "list[SpeakerStats | None] | None":
    """Hear what the speakers are like, if the model takes their voices out; else None.

    Raises:
        InputError: if speakers are named and the model has no use for them, or not all of them are.
    """
    from ser_features.errors import InputError

    if predictor.artifact.speaker_prior is None:
        if table:
            raise InputError(
                f"--speakers {table}: this model answers each file by itself: leave it out, or train one "
                "with --speaker-norm"
            )
        return None
    from ser_models.inference.parallel import voices
    from ser_models.inference.speaker_table import speakers_of

    speakers = speakers_of(table, [each.path for each in found]) if table else None
    if speakers is None and len(found) > 1:
        say(f"{len(found)} files are taken for one speaker's: pass --speakers TABLE.csv if they are not")
    with progress("hearing voices", len(found)) as advance:
        return voices(predictor, found, speakers, workers=workers, on_file=advance)


def _all(predictor: "Predictor", found: "Sequence[Listed]", **asked: Any) -> "Iterator[Prediction]":
    """Recognise files, and show now and then how far it is."""
    from ser_models.inference.parallel import recognise

    with progress("recognising", len(found)) as advance:
        for prediction in recognise(predictor, found, **asked):
            advance()
            yield prediction


def _into_file(
    out: Path, form: str, predictor: "Predictor", found: "Sequence[Listed]", **asked: Any
) -> "Told":
    from ser_models.inference.journal import answer_into

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
    from ser_models.inference.output import write_csv, write_file, write_json

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
    from ser_cli.tables import print_table

    answered = [each for each in predictions if not each.error]
    rows = [[each.file, *_ranking(each)] for each in answered]
    if rows:
        print_table(["file", *(f"{rank}." for rank in range(1, len(rows[0])))], rows)
    for each in answered:
        if each.timeline:
            print(f"\n{each.file}, window by window:")
            print_table(["from", "to", "emotion"], [_window(part) for part in each.timeline])


def _ranking(prediction: "Prediction") -> list[str]:
    cells = [f"{one['emotion']} {one['probability']:.3f}" for one in prediction.top]
    return [f"unsure: {cells[0]}", *cells[1:]] if prediction.abstained else cells


def _window(part: dict[str, Any]) -> list[str]:
    share = f" {max(part['probabilities'].values()):.3f}" if part["probabilities"] else ""
    said = part["emotion"] or ("unsure:" if share else "nothing said")
    return [f"{part['start']:.1f} s", f"{part['end']:.1f} s", f"{said}{share}"]


def _tell(told: "Told") -> None:
    """Name what was refused, and print each warning once, with the number of files it is about."""
    for prediction in told.refused:
        print(f"refused {prediction.file}: {prediction.error}", file=sys.stderr)
    for warning, count in told.warnings.items():
        say(f"warning: {warning} ({count} of {told.count} files)")
