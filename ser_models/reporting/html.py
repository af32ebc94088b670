"""HTML pages from Jinja2 templates: autoescaped, and an undefined variable is an error."""

from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from ser_models.reporting.text import counted, listed, percent


@lru_cache
def template(path: Path) -> jinja2.Template:
    """Load a template; `percent`, `counted` and `listed` are available in it as filters.

    Args:
        path: the .html.jinja file.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "counted": counted, "listed": listed}
    return environment.get_template(path.name)


def stylesheet(path: Path) -> Markup:
    """Read a CSS file for use inside of a <style> element."""
    return Markup(path.read_text(encoding="utf-8"))
