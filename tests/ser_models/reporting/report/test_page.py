"""The report: its text is golden, its HTML is valid and self-contained, and names are never markup."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from ser_models.data.examples import load_examples
from ser_models.evaluation.entries import Errors
from ser_models.reporting.report import describe_data, write_report
from ser_models.reporting.report.page import render
from tests.golden.write_reports import CASES, LEAK, path_of
from tests.pages import Page, text_of
from tests.results import make_history, make_report, make_result


@pytest.fixture(scope="module")
def html():
    return render(CASES["full"]())


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


@pytest.mark.parametrize("name", CASES)
def test_the_text_is_golden(name, html):
    """After a wanted change: `python -m tests.golden.write_reports`, and read the difference."""
    written = html if name == "full" else render(CASES[name]())
    assert text_of(written) == path_of(name).read_text(encoding="utf-8")
    assert not re.search(r"\b(nan|None|inf)\b", text_of(written))


def test_the_page_is_one_file_without_external_resources(page, html, tmp_path):
    write_report(tmp_path / "report.html", make_report())
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    tags = {tag for tag, _, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "img"}
    names = ("href", "src", "xlink:href")
    links = [attributes[name] for _, attributes, _ in page.elements for name in names if name in attributes]
    assert all(link.startswith(("#", "data:")) for link in links)
    assert not re.search(r"@import|url\((?!#)", html)
    policy = page.all("meta")[3]
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_links_ids_and_sections_match(page):
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    anchors = [attributes["href"][1:] for attributes in page.all("a")]
    assert set(anchors) <= set(ids)
    assert anchors[-12:] == [attributes["id"] for attributes in page.all("section")]


def test_the_page_is_accessible(page):
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert len(page.all("caption")) == len(page.all("table")) > 5
    assert {attributes.get("scope") for attributes in page.all("th")} == {"row", "col"}
    assert len(page.all("svg")) == len(page.all("figure")) > 8
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in page.all("svg"))
    banners = [attributes["class"] for attributes in page.all("p") if attributes.get("role") == "note"]
    assert banners == ["banner quick", "banner synthetic", "banner", "banner leaks", "banner leaks"]


def test_a_result_with_empty_and_dark_cells_without_errors_or_unseen_speakers():
    values = {"folds": (0.3, 0.4, 0.5), "errors": Errors((), ()), "stored": True}
    html = render(make_report({**values, "confusion_matrix": ((9, 1, 0), (0, 5, 5), (0, 0, 0))}))
    cells = re.findall(r'<td( class="deep")? style="--share: ([\d.]+)"><b>(\d+)<.*?<small>(\d+)<', html)
    assert len(cells) == 9
    assert cells[:2] == [(' class="deep"', "0.900", "90", "9"), ("", "0.100", "10", "1")]
    assert cells[2] == cells[-1] == ("", "0.000", "0", "0")
    for sentence in (
        "UAR over 3 folds: mean 40.0 %, standard deviation 10.0 points (30.0, 40.0, 50.0).",
        "None: every prediction of the test was correct.",
        "Every speaker was in the training: this is no measure of unseen speakers.",
    ):
        assert sentence in text_of(html)


def test_an_ensemble_has_members_instead_of_epochs():
    report = replace(make_report(), history=make_history(epochs=3), parameters={"members": ["ridge", "svm"]})
    text = text_of(render(report))
    assert "The members and their ensemble" in text
    assert "best epoch" not in text


def test_names_are_never_markup():
    hostile = '<script>alert(1)</script> "><img src=x onerror=alert(1)> &amp;{{ 7 * 7 }}'
    report = make_report(
        title=hostile,
        result=make_result({"notes": (hostile,), "leakage": (replace(LEAK, message=hostile),)}, name=hostile),
        command=hostile,
        source=hostile,
        choices=[hostile],
        explanation=hostile,
        quick_note=hostile,
        parameters={hostile: hostile},
    )
    page = Page(render(report))
    assert not {tag for tag, _, _ in page.elements} & {"script", "img"}
    assert page.texts("h1") == [hostile]
    assert f"demo/{hostile}0" in " ".join(page.texts("th"))


@pytest.fixture(scope="module")
def drawn(store):
    """A report that draws its recordings."""
    return make_report(data=describe_data(load_examples(store), profile="speech16k", digest="abc"))


@pytest.fixture(scope="module")
def drawn_html(drawn):
    return render(drawn)


def test_recordings_are_drawn_by_their_best_features_and_on_a_map(drawn_html, page):
    labels = [figure["aria-label"] for figure in Page(drawn_html).all("svg")]
    densities = [text for text in labels if text.startswith("Medians of ")]
    assert len(densities) == 3
    best = re.match(
        r"Medians of (\w+)( \(.+\))? by emotion: angry [\d.]+, neutral [\d.]+, sad ", densities[0]
    )
    assert not any("mfcc" in text for text in densities)
    assert any(text.startswith("Two principal components of 46 features, with ") for text in labels)
    assert re.search(rf"vary most between classes .*\({best[1]} \d+ %, ", text_of(drawn_html))
    assert "Two principal components of all 46 features" in text_of(drawn_html)
    assert not any("Medians of" in figure["aria-label"] for figure in page.all("svg"))


def test_a_map_of_many_recordings_shows_a_sample(drawn, monkeypatch):
    monkeypatch.setattr("ser_models.reporting.report.page.MAP_RECORDINGS", 20)
    html = render(drawn)
    assert "a random sample of 20 of 72 recordings" in text_of(html)
    [svg] = re.findall(r"<svg[^>]+Two principal.+?</svg>", html, re.DOTALL)
    assert svg.count("<use ") <= 20 + 2 * 3 + 10  # points, medians here and in the legend, ticks


def test_figures_follow_the_page_into_dark_mode_and_stay_small(drawn_html):
    figures = "".join(re.findall(r"<svg.+?</svg>", drawn_html, re.DOTALL))
    assert not re.findall(r"#[0-9a-f]{6}\b", figures)
    assert len(drawn_html) - len(render(make_report())) < 160_000
