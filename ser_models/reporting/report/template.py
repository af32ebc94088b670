"""HTML pages from templates, in which everything is escaped and nothing may be missing."""

from functools import lru_cache
from pathlib import Path

import jinja2

from ser_models.reporting.report.numbers import percent


@lru_cache
def template(path: Path) -> jinja2.Template:
    """Read a template.

    Args:
        path: of the .html.jinja file.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    return environment.get_template(path.name)
