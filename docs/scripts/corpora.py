"""The files of `ser_features/corpora/published/` → table and sections of these corpora in docs/corpora.md.

file → `Grammar` → row and section → `text` → between the markers of the page

    python -m docs.scripts.corpora        # rewrites them
"""

import re
from pathlib import Path
from textwrap import fill

from benchmarks.pages import write_between
from ser_features import corpora
from ser_features.corpora.grammar import FOLDER, GrammarCorpus

PAGE = Path(__file__).parents[1] / "corpora.md"
BEGIN, END = "<!-- begin: published corpora -->", "<!-- end -->"
WIDTH = 120


def text() -> str:
    """What stands between the markers of the page."""
    files = [GrammarCorpus(name) for name in corpora.names() if (FOLDER / f"{name}.toml").is_file()]
    table = [
        "| corpus | recordings | speakers | emotions | language | licence |",
        "|---|---|---|---|---|---|",
    ]
    return "\n\n".join(["\n".join([*table, *map(_row, files)]), *map(_section, files)])


def _row(corpus: GrammarCorpus) -> str:
    cells = [
        f"[`{corpus.name}`](#{_anchor(corpus.title)})",
        "" if corpus.whole is None else f"{corpus.whole:,}",
        "" if corpus.speakers is None else f"{corpus.speakers:,}",
        str(len(corpus.emotions)),
        corpus.language,
        corpus.licence,
    ]
    return f"| {' | '.join(cells)} |"


def _anchor(title: str) -> str:
    """The anchor that a Markdown heading gets."""
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", title).lower())


def _section(corpus: GrammarCorpus) -> str:
    own = corpus.described
    counts = ", ".join(f"{count:,} {emotion}" for emotion, count in own.counts.items())
    whole = "differ between releases" if corpus.whole is None else f"{corpus.whole:,}"
    labels = f"`ser_features/corpora/label_files/{own.labels}.py` shows the layout" if own.labels else ""
    facts = {
        "Names": f"`{corpus.layout}`: {own.names}.",
        "Easily misread": corpus.easily_misread and f"{corpus.easily_misread}.",
        "Counts": f"{whole}{' = ' if counts else ''}{counts}.",
        "Label files": labels and f"{labels}.",
        "Oddities": own.notes and f"{'; '.join(own.notes)}.",
        "Known defects": "; ".join(
            f"{', '.join(f'`{name}`' for name in one.files)}: {one.what} ({_linked(one.source)})"
            for one in corpus.defects
        ),
        "Licence": f"{corpus.licence}.",
        "Get it": f"{corpus.obtain.format(folder=f'`DATA/{corpus.name}`')}; <{corpus.url}>",
        "Cite": _linked(corpus.citation),
    }
    lines = [_item(f"**{name}** {fact}") for name, fact in facts.items() if fact]
    return "\n".join([f"### {corpus.title}\n", *lines])


def _linked(text: str) -> str:
    return re.sub(r"(https?://\S+)", r"<\1>", text)


def _item(text: str) -> str:
    return fill(
        text,
        WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


if __name__ == "__main__":
    write_between(PAGE, BEGIN, END, text())
