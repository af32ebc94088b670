"""`ser segment`: recordings → a table of their segments of speech."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ser_cli.options import AsJson, Force
from ser_cli.progress import hint, progress, say

if TYPE_CHECKING:
    from ser_features.vad import SegmentConfig, Segmented

    Found = Sequence[tuple[Path, Segmented | str]]
    """Each file with its segments, or with the reason why it is refused."""


def segment(
    files: Annotated[
        list[Path],
        typer.Argument(help='Audio files, folders of them, or patterns such as "calls/**/*.wav".'),
    ],
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write, as input of ser predict and ser extract.")
    ] = None,
    channel: Annotated[
        Literal["mix", "left", "right", "each"],
        typer.Option(
            help="Of recordings with several channels: mix of those with sound, left or right alone, or each "
            "for calls with one speaker on each."
        ),
    ] = "mix",
    threshold: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Probability of speech from which a segment begins.")
    ] = 0.5,
    min_speech: Annotated[
        float, typer.Option(min=0, help="Shortest segment in seconds; shorter ones are left out.")
    ] = 0.25,
    min_silence: Annotated[
        float, typer.Option(min=0, help="Shortest pause in seconds that divides segments.")
    ] = 0.3,
    padding: Annotated[
        float, typer.Option(min=0, help="Seconds that are kept before and after speech.")
    ] = 0.1,
    max_speech: Annotated[
        float, typer.Option(min=1, help="Longest segment in seconds; longer ones are divided.")
    ] = 15.0,
    as_json: AsJson = False,
    force: Force = False,
) -> int:
    """Find the segments of speech in recordings of any length; exit code 1 if a file cannot be read.

    Example: ser segment calls/ --channel each --out segments.csv
    """
    from ser_features.outputs import refuse_to_replace
    from ser_features.vad import SegmentConfig
    from ser_features.vad.table import is_table, write_table

    release = min(SegmentConfig().release, threshold)
    config = SegmentConfig(threshold, release, min_speech, min_silence, padding, max_speech)
    if out is not None:
        refuse_to_replace(out, force=force, is_ours=is_table)
    results = list(_segmented(files, channel, config))
    rows = _rows(results, None if out is None else out.parent)
    if out is not None:
        write_table(out, rows)
    if as_json:
        _print_json(results, rows)
    else:
        _print(results, rows, out)
    for path, result in results:
        if isinstance(result, str):
            print(f"failed {path}: {result}", file=sys.stderr)
        elif not result.segments:
            say(f"note {path}: no speech found")
        elif result.notes:
            say(f"note {path}: {', '.join(result.notes)}")
    return 1 if any(isinstance(result, str) for _, result in results) else 0


def _segmented(
    files: Sequence[Path], channel: Any, config: "SegmentConfig"
) -> "Iterator[tuple[Path, Segmented | str]]":
    from ser_features.errors import AudioError
    from ser_features.foreign import name_file
    from ser_models.inference.collect import find_audio
    from ser_models.inference.speech import segmented

    audio = find_audio(files)
    with progress("segmenting", len(audio)) as advance:
        for file in audio:
            try:
                yield file.path, file.problem or segmented(file, channel, config)
            except AudioError as error:
                yield file.path, name_file(str(error), str(file.path))
            advance()


def _rows(results: "Found", folder: Path | None) -> list[dict[str, Any]]:
    from ser_features.vad.table import rows_of

    return [
        row
        for path, result in results
        if not isinstance(result, str)
        for row in rows_of(path, result, folder)
    ]


def _print(results: "Found", rows: Sequence[dict[str, Any]], out: Path | None) -> None:
    from ser_cli.tables import print_table

    if out is None:
        print_table(
            ["file", "channel", "start", "end", "speech"],
            [
                [
                    row["path"],
                    str(row["channel"] or ""),
                    f"{row['start']:.2f} s",
                    f"{row['end']:.2f} s",
                    f"{row['speech_probability']:.2f}",
                ]
                for row in rows
            ],
        )
        return
    print_table(
        ["file", "segments", "speech", "of"],
        [
            [str(path), str(len(result.segments)), f"{_speech(result):.1f} s", f"{result.seconds:.1f} s"]
            for path, result in results
            if not isinstance(result, str)
        ],
    )
    print(f"{len(rows)} segments: {out}")
    hint(f"ser predict MODEL {out}")


def _print_json(results: "Found", rows: Sequence[dict[str, Any]]) -> None:
    """Print `segments`, the rows of the table; of each file `seconds`, `speech` (s), `notes`; `failures`."""
    from ser_cli.tables import print_json

    print_json(
        {
            "segments": rows,
            "files": [
                {"path": path, "seconds": result.seconds, "speech": _speech(result), "notes": result.notes}
                for path, result in results
                if not isinstance(result, str)
            ],
            "failures": [
                {"path": path, "message": result} for path, result in results if isinstance(result, str)
            ],
        }
    )


def _speech(result: "Segmented") -> float:
    return round(sum(one.end - one.start for one in result.segments), 3)
