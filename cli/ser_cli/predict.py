"""`ser predict`: audio files, or folders of them → emotions."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ser_cli.file_lists import FilesFrom, named_files
from ser_cli.options import Artifact, Force, Root, Workers
from ser_cli.predict_output import print_summary, print_tables
from ser_cli.progress import metered, progress, say

if TYPE_CHECKING:
    from ser_models.data.speaker_norm import SpeakerStats
    from ser_models.inference.collect import AudioFile
    from ser_models.inference.prediction import Prediction, PredictionSummary, PredictOptions
    from ser_models.inference.predictor import Predictor

Format = Literal["table", "json", "csv", "parquet"]

STDIN = Path("-")


def predict(
    artifact: Artifact,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help='Audio files, folders of them, patterns such as "calls/**/*.wav", tables of files or parts '
            "of files (.csv with path, start, end, channel, speaker), or - for stdin."
        ),
    ] = None,
    files_from: FilesFrom = None,
    top: Annotated[int, typer.Option(min=1, help="Number of emotions to rank.")] = 3,
    windows: Annotated[
        bool,
        typer.Option("--windows", help="List the windows of recordings that are longer than one."),
    ] = False,
    win_dur: Annotated[float, typer.Option(min=0.1, help="Window length in seconds.")] = 3.0,
    hop_dur: Annotated[float, typer.Option(min=0.1, help="Hop length between windows in seconds.")] = 1.0,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Output format; default: table, or the suffix of --out."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Output file; the same command continues an interrupted run."),
    ] = None,
    speakers: Annotated[
        Path | None,
        typer.Option(
            help="For models trained with --speaker-norm: table with the columns file and speaker; default: "
            "all files are of one speaker."
        ),
    ] = None,
    abstain_below: Annotated[
        float, typer.Option(min=0, max=1, help="Return no emotion if the confidence is below this.")
    ] = 0.0,
    channel: Annotated[
        Literal["mix", "left", "right", "each"] | None,
        typer.Option(
            help="Of recordings with several channels: mix of those with sound, left or right alone, or each "
            "for a row per channel; default: as in the training."
        ),
    ] = None,
    segments: Annotated[
        Literal["none", "vad"],
        typer.Option(
            help="vad: predict each segment of speech of the files, of any length, as of ser segment; with "
            "--channel each by channel."
        ),
    ] = "none",
    mic: Annotated[
        bool, typer.Option("--mic", help="Recognise the microphone while it records, until Ctrl-C.")
    ] = False,
    root: Root = None,
    workers: Workers = None,
    force: Force = False,
) -> int:
    """Predict the emotion of each audio file; exit code 1 if a file cannot be read.

    Example: ser predict artifacts/mlp calls/ --segments vad --out answers.csv
    """
    from ser_features.threads import ONE_THREAD

    for name, value in ONE_THREAD.items():  # before NumPy is imported
        os.environ.setdefault(name, value)
    from ser_features.outputs import refuse_to_replace
    from ser_models.inference.collect import find_audio, on_channels
    from ser_models.inference.loading import load
    from ser_models.inference.output import is_answer, kind_of
    from ser_models.inference.prediction import PredictionSummary, PredictOptions

    options = PredictOptions(top, windows, win_dur, hop_dur, abstain_below, channel, segments)
    if mic:
        _check_microphone(files or files_from, out, form)
        return _of_microphone(load(artifact), options, as_json=form == "json")
    chosen = _format(form, out)
    if out is not None:
        refuse_to_replace(out, force=force, is_ours=is_answer)
    named = named_files(files, files_from)
    content = _stdin(named)
    audio = find_audio(named, root) if content is None else []
    if segments == "vad":
        audio = _spoken(audio, channel)
    audio = on_channels(audio, channel)
    predictor = load(artifact)
    stats = _speaker_stats(predictor, audio, speakers, root, workers)
    if out is not None and content is None:
        summary = _into_file(out, chosen, predictor, audio, options, stats=stats, workers=workers)
    else:
        summary = PredictionSummary()
        predictions: Iterable[Prediction] = (
            _all(predictor, audio, options, stats=stats, workers=workers)
            if content is None
            else predictor.predict([content], names=[str(STDIN)], **vars(options))
        )
        _write(summary, predictions, chosen, out, predictor.labels, **kind_of(audio, options))
    print_summary(summary, marked=chosen == "table")
    return 1 if summary.refused else 0


def _check_microphone(files: object, out: Path | None, form: str | None) -> None:
    """Check that nothing else is to be recognised, and that the lines are for the screen.

    Raises:
        InputError: otherwise.
    """
    from ser_features.errors import InputError

    if files:
        raise InputError("--mic with files, expected one of them: leave the other out")
    if out is not None or form not in (None, "table", "json"):
        raise InputError("--mic with an output file, expected lines on the screen: leave it out")


def _of_microphone(predictor: "Predictor", options: "PredictOptions", *, as_json: bool) -> int:
    from ser_cli.live import run_live
    from ser_models.inference.prediction import PredictionSummary

    summary = PredictionSummary()
    prediction = run_live(predictor, options, as_json=as_json)
    shown = list(summary.collect([prediction]))
    if not as_json:
        print_tables(shown, summary.marks)
    print_summary(summary, marked=not as_json)
    return 0


def _format(form: str | None, out: Path | None) -> str:
    """Return the output format.

    Raises:
        InputError: if the screen or the file cannot hold it.
    """
    from ser_features.errors import InputError
    from ser_models.inference.output import WRITERS

    if out is None:
        if form == "parquet":
            raise InputError(
                "--format parquet without --out: a screen cannot show it: pass --out FILE.parquet"
            )
        return form or "table"
    chosen = form or out.suffix.lstrip(".").lower()
    if chosen not in WRITERS:
        raise InputError(f"--out {out} as {chosen or 'nothing'}: expected --format {', '.join(WRITERS)}")
    return chosen


def _stdin(files: Sequence[Path]) -> bytes | None:
    """Read the recording on stdin; None if the files do not name it.

    Raises:
        InputError: if they name other files, too.
    """
    from ser_features.audio import MAX_BYTES
    from ser_features.errors import InputError

    if STDIN not in files:
        return None
    if len(files) > 1:
        raise InputError("- stands for one recording on stdin, found files beside it: name it alone")
    return sys.stdin.buffer.read(MAX_BYTES)


def _spoken(files: "Sequence[AudioFile]", channel: Any) -> "list[AudioFile]":
    """Find the segments of speech of files."""
    from ser_models.inference.speech import by_speech

    with progress("detecting speech", len(files)) as advance:
        spoken = by_speech(files, channel, advance)
    for path in spoken.silent:
        say(f"note {path}: no speech found")
    return spoken.files


def _speaker_stats(
    predictor: "Predictor",
    files: "Sequence[AudioFile]",
    table: Path | None,
    root: Path | None,
    workers: int | None,
) -> "list[SpeakerStats | None] | None":
    """Estimate speaker statistics; None for a model without speaker normalisation.

    Raises:
        InputError: if speakers are named for such a model, or not all of them are.
    """
    from ser_features.errors import InputError

    if predictor.normalizer is None:
        if table:
            raise InputError(
                f"--speakers {table}: this model uses no speaker normalisation: leave it out, or train one "
                "with --speaker-norm"
            )
        return None
    from ser_models.inference.parallel import estimate_speakers
    from ser_models.inference.speakers import speakers_of

    speakers = speakers_of(table, [file.path for file in files], root) if table else _named_speakers(files)
    if speakers is None and len(files) > 1:
        say(f"{len(files)} files are assumed to have one speaker: pass --speakers TABLE.csv if they do not")
    with progress("estimating speaker statistics", len(files)) as advance:
        return estimate_speakers(predictor, files, speakers, workers=workers, on_file=advance)


def _named_speakers(files: "Sequence[AudioFile]") -> list[str] | None:
    """Speakers that a table of files names; None unless it names those of all."""
    names = [file.speaker for file in files if file.speaker is not None]
    return names if len(names) == len(files) else None


def _all(
    predictor: "Predictor", files: "Sequence[AudioFile]", options: "PredictOptions", **run: Any
) -> "Iterator[Prediction]":
    """Recognise files with a progress display."""
    from ser_models.inference.parallel import predict_files

    with progress("recognising", len(files)) as advance:
        for prediction in predict_files(predictor, files, options, **run):
            advance()
            yield prediction


def _into_file(
    out: Path,
    form: str,
    predictor: "Predictor",
    files: "Sequence[AudioFile]",
    options: "PredictOptions",
    **run: Any,
) -> "PredictionSummary":
    from ser_models.inference.prediction_cache import predict_into_file

    with metered("recognising") as meter:

        def on_progress(cached: int, done: int) -> None:
            if done == cached:
                meter.begin(len(files), cached)
            meter.reach(done)

        summary = predict_into_file(out, predictor, files, options, form=form, progress=on_progress, **run)
    earlier = f", {summary.cached} of them from an earlier run" if summary.cached else ""
    print(f"{summary.count} predictions{earlier}: {out}")
    return summary


def _write(
    summary: "PredictionSummary",
    predictions: "Iterable[Prediction]",
    form: str,
    out: Path | None,
    labels: Sequence[str],
    **kind: bool,
) -> None:
    from ser_models.inference.output import write_csv, write_file, write_json

    counted = summary.collect(predictions)
    if out is not None:
        write_file(out, form, counted, labels, **kind)
    elif form == "json":
        write_json(sys.stdout, counted)
    elif form == "csv":
        write_csv(sys.stdout, counted, labels, **kind)
    else:
        shown = list(counted)  # counts them: only then are the marks complete
        print_tables(shown, summary.marks)
