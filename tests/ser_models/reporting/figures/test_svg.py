"""Inline SVG takes colours and fonts from the page, and escapes all text."""

import re

import pytest

from ser_models.reporting.figures import Panel, attention, per_speaker, roc
from ser_models.reporting.figures.picture import INK
from ser_models.reporting.html import DARK, inline, variable
from tests.results import attention_example, make_result


def drawn(picture, name="figure"):
    return inline(picture.panels[0], name)


def test_colours_are_variables_of_the_page():
    svg = drawn(roc(make_result()))
    used = set(re.findall(r"var\((--c-\w+)\)", svg))
    assert variable(INK) in used
    assert used <= {variable(colour) for colour in DARK}
    assert not re.findall(r"#[0-9a-f]{6}\b", svg)  # no colour that would stay as it is in the dark


def test_text_stays_text_in_the_font_of_the_page():
    svg = drawn(per_speaker(make_result()))
    assert ">chance</text>" in svg
    assert "font-family" not in svg


def test_the_size_is_that_of_the_page():
    head = drawn(per_speaker(make_result())).partition(">")[0]
    assert re.search(r'viewBox="0 0 [\d.]+ [\d.]+"', head)
    assert " width=" not in head
    assert "--width: 614px" in head


def test_there_is_an_escaped_description():
    picture = per_speaker(make_result(name="<b>\"&'"))
    head = drawn(picture).partition(">")[0]
    assert 'role="img"' in head
    assert 'aria-label="UAR of 5 speakers, from ' in head
    assert "&lt;b&gt;&quot;&amp;" in head or "&lt;b>&quot;&amp;" in head


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "</svg><img src=x onerror=alert(1)>"])
def test_names_are_escaped(name):
    svg = drawn(per_speaker(make_result(name=name)))
    assert "<script" not in svg
    assert "<img" not in svg
    assert svg.count("</svg>") == 1


def test_ids_have_a_prefix_and_match_their_references():
    for svg in (drawn(attention(attention_example(), 1), "one"), drawn(per_speaker(make_result()), "two")):
        ids = re.findall(r' id="([^"]+)"', svg)
        references = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg)
        assert len(ids) == len(set(ids)) > 0
        assert {one or other for one, other in references} == set(ids)
        assert all(name.startswith(("one-", "two-")) for name in ids)


def test_there_are_no_external_resources():
    svg = drawn(attention(attention_example(), 1))
    assert "http" not in svg
    assert "<image" in svg
    assert re.findall(r'href="(?!#|data:image/png;base64,)', svg) == []


def test_the_same_panel_gives_the_same_bytes():
    result = make_result()
    assert drawn(roc(result)) == drawn(roc(result))


def test_fonts_of_older_matplotlib_keep_their_size_only(monkeypatch):
    from ser_models.reporting import html

    old = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt" viewBox="0 0 9 9" version="1.1">'
        "<metadata>x</metadata><g><text style=\"font: 700 9px 'DejaVu Sans', sans-serif; text-anchor: end\">"
        "a</text></g><g><g/></g></svg>"
    )
    monkeypatch.setattr(html, "_drawn", lambda panel: old)
    svg_text = inline(Panel(lambda axes: None, 1.0, 1.0, "words"), "x")
    assert '<text style="text-anchor: end; font-size: 9px; fill: ' in svg_text
    assert "metadata" not in svg_text
    assert svg_text.count("<g>") == 1


def test_coordinates_are_rounded_to_a_hundredth_of_a_pixel():
    svg = drawn(roc(make_result()))
    coordinates = re.findall(r' (?:d|x|y)="([^"]+)"', svg)
    assert len(coordinates) > 10
    assert not re.findall(r"\d\.\d{3}", " ".join(coordinates))
