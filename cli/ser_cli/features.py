"""`ser features`: recordings without labels → a table of their features."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ser_cli import completion
from ser_cli.file_lists import FilesFrom, named_files
from ser_cli.options import Force, Root, Workers
from ser_cli.progress import hint, progress


def features(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help='Audio files, folders of them, patterns such as "calls/**/*.wav", or tables of files.'
        ),
    ] = None,
    files_from: FilesFrom = None,
    families: Annotated[
        list[str] | None,
        typer.Option(
            "--features",
            help="Families of columns: core (default), statistics, functionals.",
            autocompletion=completion.features,
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            help="Feature profile; default: that of new stores.", autocompletion=completion.profiles
        ),
    ] = None,
    form: Annotated[
        Literal["csv", "parquet"] | None,
        typer.Option("--format", help="Output format; default: the suffix of --out, or csv on stdout."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Output file.")] = None,
    root: Root = None,
    workers: Workers = None,
    force: Force = False,
) -> int:
    """Compute features of recordings, without labels and without a store; exit code 1 if a file is refused.

    Columns are file, start, end and channel of parts, the features, notes and error.

    Example: ser features calls/ --features functionals --out calls.parquet
    """
    from ser_features.config import DEFAULT_PROFILE
    from ser_features.feature_rows import Plan, frame, measure_all
    from ser_features.feature_tables import check_output, write_table
    from ser_models.inference.collect import find_audio

    chosen = check_output(out, form, force=force)
    plan = Plan.of(families or ["core"], profile or DEFAULT_PROFILE)
    audio = find_audio(named_files(files, files_from), root)
    recordings = [file.recording for file in audio]
    rows = []
    with progress("computing", len(audio)) as advance:
        for row in measure_all(plan, recordings, [file.channel for file in audio], workers=workers):
            rows.append(row)
            advance()
    places = {name: [getattr(file, name) for file in audio] for name in ("start", "end", "channel")}
    table = frame(plan, [str(file.path) for file in audio], rows, places)
    write_table(table, chosen, out)
    refused = table.loc[table["error"].notna(), ["file", "error"]].to_numpy().tolist()
    for name, error in refused:
        print(f"failed {name}: {error}", file=sys.stderr)
    if out is not None:
        print(f"{len(table) - len(refused):,} recordings, {len(plan.columns):,} features: {out}")
        reader = "parquet" if chosen == "parquet" else "csv"
        hint(f"python -c 'import pandas as pd; print(pd.read_{reader}(\"{out}\"))'")
    return 1 if refused else 0
