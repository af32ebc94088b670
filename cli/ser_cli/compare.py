"""`ser compare`: trained models side by side, on the recordings that all of them were tested on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ser_cli import completion
from ser_cli.options import AsJson, Force, Seed
from ser_cli.progress import hint, say

if TYPE_CHECKING:
    from ser_models.reporting.report.text import Table


def compare(
    artifacts: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of two or more models; the others are compared with the first.",
            autocompletion=completion.artifacts,
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="HTML file for the page; default: none.")] = None,
    seed: Seed = 0,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Compare trained models on the recordings that all were tested on, with paired intervals.

    JSON: verdict, models (name, model, protocol, tested, leaks, uar, uar_ci95, accuracy, macro_f1, log_loss,
    recall, difference), recordings, speakers, chance, seed and notes.

    Example: ser compare artifacts/ridge artifacts/cnn_lstm --out models.html
    """
    from ser_cli.tables import print_json
    from ser_models.experiments.side_by_side import side_by_side
    from ser_models.reporting.report.side_by_side import recalls, results, write_page

    compared = side_by_side(artifacts, seed=seed)
    if out is not None:
        write_page(out, compared, force=force)
    if as_json:
        print_json(compared.to_dict())
        return
    print(f"{compared.recordings:,} recordings that all were tested on, intervals over {compared.speakers}\n")
    _print(results(compared))
    _print(recalls(compared))
    print(compared.verdict)
    for note in compared.notes:
        say(f"note: {note}")
    if out is not None:
        print(f"page: {out}")
    else:
        hint(f"ser compare {' '.join(map(str, artifacts))} --out models.html")


def _print(table: "Table") -> None:
    from ser_cli.tables import print_table

    print_table(table.columns, table.rows, left=table.words)
    print()
