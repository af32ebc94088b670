"""`ser plot …`: figures of a store and of results."""

import typer

app = typer.Typer(help="Draw figures of a store or of a trained model.", no_args_is_help=True)


@app.callback()
def _options() -> None:
    """Draw figures of a store or of a trained model."""
