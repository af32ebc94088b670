"""Commands and groups whose help shows value types by their usual names.

Typer 0.29 and later print Python annotations, such as `<list[str]>` or `<bool>`; earlier versions print TEXT.
Here it is TEXT, INTEGER, FLOAT, PATH or [a|b|c] with every version, followed by "..." where several values
are accepted, and nothing for a switch. Both `-h` and `--help` show it.

>>> type_name("<int range>"), type_name("<list[Path]>"), type_name("<mean|mean_std>"), type_name("<bool>")
('INTEGER', 'PATH...', '[mean|mean_std]', '')
"""

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ser_cli.arguments import check_paths

NAMES = {
    "bool": "",
    "float": "FLOAT",
    "float range": "FLOAT",
    "int": "INTEGER",
    "int range": "INTEGER",
    "path": "PATH",
    "Path": "PATH",
    "str": "TEXT",
}
"""What Typer prints between angle brackets → the usual name."""

BRACES = str.maketrans("", "", "{}")


def type_name(label: str) -> str:
    """Usual name of a value type.

    Args:
        label: what Typer prints for it; a label without angle brackets is returned as it is.
    """
    if not (label.startswith("<") and label.endswith(">")):
        return label
    label = label[1:-1]
    if label.startswith("list["):
        return f"{NAMES.get(label[5:-1], label[5:-1].upper())}..."
    return f"[{label}]" if "|" in label else NAMES.get(label, label.upper())


def _with_usual_names(parameters: list[Any]) -> list[Any]:
    for parameter in parameters:
        shown = getattr(type(parameter), "display_type_rich", None)
        if shown is not None and "display_type_rich" not in vars(parameter):
            parameter.display_type_rich = lambda ctx, of=parameter, shown=shown: type_name(
                shown(of, ctx=ctx) or ""
            )
        if parameter.param_type_name == "argument" and parameter.metavar is None:
            parameter.metavar = str(parameter.name).upper()
    return parameters


class Command(TyperCommand):
    """A command with usual type names in its help."""

    def get_params(self, ctx: Any) -> Any:
        """Options and arguments, `--help` among them."""
        return _with_usual_names(super().get_params(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run the command, unless one of its paths is of another system."""
        check_paths(ctx.params.values())
        return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Words of the usage line, arguments without the braces of Typer 0.29 and later."""
        return [piece.translate(BRACES) for piece in super().collect_usage_pieces(ctx)]


class Group(TyperGroup):
    """A group of commands with usual type names in its help."""

    def get_params(self, ctx: Any) -> Any:
        """Options of the group, `--help` among them."""
        return _with_usual_names(super().get_params(ctx))


class App(typer.Typer):
    """A group of commands, each a `Command`; without arguments it prints its help by default."""

    def __init__(self, *, no_args_is_help: bool = True, **settings: Any) -> None:
        super().__init__(
            cls=Group,
            no_args_is_help=no_args_is_help,
            context_settings={"help_option_names": ["-h", "--help"]},
            pretty_exceptions_enable=False,
            **settings,
        )

    def command(self, name: str | None = None, **settings: Any) -> Any:
        """Register a command; see `typer.Typer.command`."""
        return super().command(name, cls=Command, **settings)
