"""`ser corpora`: what is known, how much of it is here, under which licence, and how to get the rest."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ser_cli import completion
from ser_cli.options import AsJson, Data
from ser_cli.progress import hint

if TYPE_CHECKING:
    from ser_features.corpora.base import Corpus


def corpora(
    name: Annotated[
        str | None, typer.Argument(help="One of them, for all details.", autocompletion=completion.known)
    ] = None,
    data: Data = Path("data/raw"),
    as_json: AsJson = False,
) -> None:
    """List the corpora that ser reads by name: size, licence, what of them is here, how to get them.

    Example: ser corpora ravdess
    """
    from ser_cli.tables import print_json
    from ser_features import corpora as registry

    chosen = [registry.get(each) for each in ([name] if name else registry.names())]
    described = [_described(corpus, data) for corpus in chosen]
    if as_json:
        print_json(described[0] if name else {"data": data, "corpora": described})
    elif name:
        _print_one(chosen[0], described[0], data)
    else:
        _print_all(described, data)


def _described(corpus: "Corpus", data: Path) -> dict[str, Any]:
    """What is known of a corpus, for `--json`.

    name, title, language, recordings, speakers, emotions, licence, citation, url, layout (the path of one
    recording, as an example), bytes (unpacked; null if unknown), get (fetched, by hand or made), here
    (recordings below the data root), grammar (its file names, counts and oddities, in words).
    """
    from ser_features.download import SOURCES, ByHand

    source = SOURCES.get(corpus.name)
    terms = source and not isinstance(source, ByHand) and source.licence
    return {
        "name": corpus.name,
        "title": corpus.title,
        "language": corpus.language,
        "recordings": corpus.whole,
        "speakers": corpus.speakers,
        "emotions": corpus.emotions,
        "licence": terms or corpus.licence,
        "citation": corpus.citation,
        "url": corpus.url,
        "layout": corpus.layout,
        "bytes": source.unpacked if source else None,
        "get": "made" if source is None else "by hand" if isinstance(source, ByHand) else "fetched",
        "here": corpus.count(data),
        "grammar": _grammar(corpus),
    }


def _grammar(corpus: "Corpus") -> str:
    """What its module says of file names, counts and oddities; the licence is told apart."""
    text = sys.modules[type(corpus).__module__].__doc__ or ""
    return text.partition("\n\n")[2].partition(">>>")[0].partition("\nLicence: ")[0].strip()


def _print_all(described: list[dict[str, Any]], data: Path) -> None:
    from ser_cli.tables import print_table

    columns = ("recordings", "here", "speakers", "emotions", "language", "size", "licence")
    longest = max(len(each["licence"]) for each in described)
    rows = []
    for each in described:
        shown = {**each, "emotions": len(each["emotions"]), "size": _size(each["bytes"])}
        shown["licence"] = each["licence"].ljust(longest)
        rows.append([each["name"], *(str(shown[column]) for column in columns)])
    print_table(["corpus", *columns[:-1], "licence".ljust(longest)], rows)
    by_way = {
        way: " ".join(each["name"] for each in described if each["get"] == way)
        for way in ("fetched", "by hand", "made")
    }
    print(
        f"\nhere: found below {data} (--data)\n"
        f"fetched by ser download: {by_way['fetched']}\n"
        f"by hand, as ser download says: {by_way['by hand']}\n"
        f"made, synthetic speech, by ser demo: {by_way['made']}\n"
        "your own: ser table FOLDER PATTERN, then ser extract --datasets FOLDER/folder.csv\n"
        "all about one: ser corpora ravdess"
    )
    present = [each["name"] for each in described if each["here"]]
    hint(_extract(present, data) if present else f"ser download ravdess --to {data}")


def _print_one(corpus: "Corpus", described: dict[str, Any], data: Path) -> None:
    facts = {
        "recordings": f"{corpus.whole}, {described['here']} of them below {data}",
        "speakers": corpus.speakers,
        "emotions": " ".join(corpus.emotions),
        "language": corpus.language,
        "licence": described["licence"],
        "size": _size(described["bytes"]),
        "cite": corpus.citation,
        "about it": corpus.url,
        "a recording": corpus.layout,
    }
    print(corpus.title)
    for fact, value in facts.items():
        print(f"  {fact:<11}  {value}")
    print(f"\n{described['grammar']}\n")
    if described["here"] or described["get"] == "made":
        hint(_extract([corpus.name], data))
    else:
        hint(f"ser download {corpus.name} --to {data}")


def _extract(names: list[str], data: Path) -> str:
    return f"ser extract --datasets {' '.join(names)} --data {data}"


def _size(size: int | None) -> str:
    return f"{size / 1e6:.0f} MB" if size else "–"
