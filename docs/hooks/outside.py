"""Pages of the documentation whose sources are outside of docs/, and the links to them.

benchmarks/README.md → benchmarks.md; notebooks/tour.ipynb with its stored outputs → notebook.md

Links in the sources are relative to the repository; here they are rewritten for the site.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
PAGES = {"../benchmarks/README.md": "benchmarks.md", "../notebooks/tour.ipynb": "notebook.md"}
"""Path relative to docs/ → page."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each file."""
    for path, name in PAGES.items():
        text = (ROOT / "docs" / path).read_text(encoding="utf-8")
        content = notebook(json.loads(text)) if path.endswith(".ipynb") else text
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Rewrite links from docs/ to the generated pages, and links back to docs/."""
    for path, name in PAGES.items():
        markdown = markdown.replace(f"]({path}", f"]({name}")
    if page.file.src_uri in PAGES.values():
        markdown = markdown.replace("](../docs/", "](")
    return markdown


def notebook(content: dict[str, Any]) -> str:
    """A notebook as Markdown: text, code and outputs."""
    return "\n\n".join(part for cell in content["cells"] for part in _cell(cell)) + "\n"


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
        return
    yield f"```python\n{source}\n```"
    for output in cell["outputs"]:
        yield f'<div class="output">\n{_output_html(output)}\n</div>'


def _output_html(output: dict[str, Any]) -> str:
    """One output as HTML: the first available of picture, table and text."""
    data = output.get("data", {})
    if "image/png" in data:
        text = "".join(data.get("text/plain", "figure")).strip("<>")
        return f'<img alt="{text}" src="data:image/png;base64,{"".join(data["image/png"]).strip()}">'
    if "text/html" in data:
        return _plain_table("".join(data["text/html"]))
    text = "".join(output.get("text", data.get("text/plain", "")))
    escaped = text.rstrip().replace("&", "&amp;").replace("<", "&lt;")
    return f"<pre><code>{escaped}</code></pre>"


def _plain_table(html: str) -> str:
    """A pandas table without its style, in one block: Markdown ends HTML at an empty line."""
    html = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", re.sub(r' (border|class|style)="[^"]*"', "", html)).strip()
