"""The documentation site: strict build, valid links, no external resources."""

import html
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from ser_features import corpora
from ser_features.extractors import CORE_COLUMNS
from ser_models import recipes
from ser_models.models import MODELS
from tests.cli.walk import commands

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[1]
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
"""Elements with external resources, and the attribute that names the resource."""


class Elements(HTMLParser):
    """Links, loaded resources and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in LOADED and LOADED[tag] in values and values.get("rel") != "canonical":
            self.loads.append(values[LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The built site."""
    missing = [name for name in ("mkdocs", "material", "mkdocstrings") if find_spec(name) is None]
    if missing:
        pytest.skip(f"no {missing[0]}, so the site is not built: pip install 'ser-toolkit[docs]'")
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Elements]:
    """Every page by its path."""
    parsed = {path: Elements(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    assert len(parsed) > 15
    return parsed


def text_of(site: Path, name: str) -> str:
    """Text of a page, without tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", (site / f"{name}.html").read_text(encoding="utf-8")))


def test_links_and_anchors_are_valid(pages, site):
    broken = []
    for page, elements in pages.items():
        for link in (*elements.links, *elements.loads):
            if re.match(r"[a-z]+:", link):
                continue
            path, anchor = urldefrag(unquote(link))
            target = target_of(path, page, site)
            if not target.is_file() or (anchor and anchor not in pages[target].ids):
                broken.append(f"{page.name} → {link}")
    assert not broken


def target_of(path: str, page: Path, site: Path) -> Path:
    """Target file of a link; links of the error page are relative to the server root."""
    target = site / path.lstrip("/") if path.startswith("/") else page.parent / path if path else page
    return (target / "index.html" if target.is_dir() else target).resolve()


def test_no_external_resources(pages, site):
    loaded = {load for elements in pages.values() for load in elements.loads}
    assert len(loaded) > 3
    assert not [load for load in loaded if re.match(r"([a-z]+:)?//", load)]
    for path in site.rglob("*.css"):
        named = re.findall(
            r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", path.read_text(encoding="utf-8")
        )
        assert not [url for pair in named for url in pair if re.match(r"(https?:)?//", url)], path.name


def test_ids_are_unique(pages):
    for page, elements in pages.items():
        assert not [name for name, count in Counter(elements.ids).items() if count > 1], page.name


def test_search_index(site):
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    for page in ("tour.html", "features.html", "commands.html", "notebook.html"):
        assert f'"location":"{page}"' in index


def test_no_local_paths(site):
    for path in (*site.rglob("*.html"), site / "search" / "search_index.json"):
        text = path.read_text(encoding="utf-8")
        assert str(ROOT) not in text, path.name
        assert str(Path.home()) + "/" not in text, path.name


def test_every_command_is_on_its_page_with_its_help(site):
    text = text_of(site, "commands")
    for words, command in commands():
        assert f"Usage: ser {words} " in text
        first = (command.help or "").split("\n")[0].split()
        assert " ".join(first) in " ".join(text.split()), words
        for parameter in command.params:
            for flag in parameter.opts if parameter.param_type_name == "option" else ():
                assert flag in text, (words, flag)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("features", [column.name for column in CORE_COLUMNS]),
        ("corpora", corpora.names()),
        ("models", [*MODELS, *recipes.names()]),
        ("api", ["ser_features.extract", "ser_features.read_store", "ser_models.train", "ser_models.load"]),
    ],
)
def test_every_name_is_on_its_page(site, page, names):
    text = text_of(site, page)
    assert not [name for name in names if name not in text]
