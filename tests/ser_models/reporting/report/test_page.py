"""The page tells everything, needs nothing, and takes no name for markup."""

import re
from itertools import pairwise

import pytest

from ser_models.data.examples import load_examples
from ser_models.reporting.report import describe_data, write_report
from ser_models.reporting.report.page import render
from ser_models.reporting.report.text import LEAKS

CLAIMS = {"accuracy": 0.9551, "uar": 0.9532, "log_loss": 1.4105, "f1": {"sad": 0.94}}
LEAK = {
    "kind": "speaker",
    "message": "2 speakers are in both train and test: a, b",
    "count": 2,
    "examples": ["a", "b"],
}


@pytest.fixture
def full(make_report, make_history, heard, other):
    """A report with everything that one can have."""
    return make_report(
        {"leakage": [LEAK], "notes": ["3 recordings left out: not speech"], "synthetic": True},
        name="honest protocol",
        explanation="Each speaker is tested once.",
        history=make_history(rates=True),
        parameters={"epochs": 50, "learning_rate": 0.001},
        claims=CLAIMS,
        source="Somebody et al. (2025)",
        choices=["The filter runs at 16 kHz."],
        others=[other],
        attention=[heard],
        quick_note="quick run: at most 12 epochs",
    )


@pytest.fixture
def page(full, read_page):
    return read_page(render(full))


def test_it_is_one_file(tmp_path, make_report):
    write_report(tmp_path / "report.html", make_report())
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_it_needs_nothing_beside_it(page, full):
    tags = {tag for tag, _, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "img"}
    links = [
        value for _, attributes, _ in page.elements for value in map(attributes.get, ("href", "src")) if value
    ]
    links += [attributes["xlink:href"] for _, attributes, _ in page.elements if "xlink:href" in attributes]
    assert all(link.startswith(("#", "data:")) for link in links)
    assert not re.search(r"@import|url\((?!#)", render(full))
    policy = page.all("meta")[3]
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_its_links_and_ids_meet(page):
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    anchors = {attributes["href"] for attributes in page.all("a")}
    assert anchors <= {f"#{each}" for each in ids}


def test_headings_are_in_order(page):
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_tables_have_captions_and_their_heads_a_scope(page):
    assert len(page.all("caption")) == len(page.all("table")) > 5
    assert {attributes.get("scope") for attributes in page.all("th")} == {"row", "col"}


def test_every_figure_is_told_in_words(page):
    assert len(page.all("svg")) == len(page.all("figure")) > 8
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in page.all("svg"))


def test_the_headline(make_report, read_page):
    values = {"uar": 0.41234, "interval": [0.35, 0.47], "chance": 0.125, "interval_over": "20 speakers"}
    text = read_page(render(make_report(values))).text
    assert "41.2 % UAR" in text
    assert "95 % interval 35.0 % to 47.0 %, over 20 speakers. Chance is 12.5 %." in text


def test_the_protocols_stand_side_by_side(page):
    assert "a gap of" in page.text
    assert "the paper's claim 95.3 % – 95.5 % – – as published" in page.text
    assert (
        "paper protocol 95.0 % 90.0 to 97.0 % 96.0 % 400 3 random, speakers shared by training and test"
        in page.text
    )


def test_leaks_are_explained(page):
    assert "1 leak found." in page.text
    assert LEAK["message"] in page.text
    assert LEAKS["speaker"] in page.text
    assert "No leak was found" not in page.text


def test_a_clean_bill_says_what_was_checked(make_report, read_page):
    page = read_page(render(make_report()))
    assert "No leak was found." in page.text
    assert "scaler, weights or the choice of the epoch fitted outside of the training side" in page.texts(
        "li"
    )
    assert "leaks" not in " ".join(attributes.get("class") or "" for attributes in page.all("p"))


def test_a_reduced_run_and_synthetic_speech_are_banners(page, make_report, read_page):
    banners = [attributes["class"] for attributes in page.all("p") if attributes.get("role") == "note"]
    assert banners == ["banner quick", "banner synthetic", "banner leaks"]
    assert "Reduced run (quick run: at most 12 epochs)" in page.text
    assert [each for each in read_page(render(make_report())).all("p") if each.get("role") == "note"] == []


def test_how_it_was_made(page):
    making = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert making == {
        "Command": "ser train --model mlp",
        "Date": "2025-11-20",
        "Run": "reduced (quick run: at most 12 epochs)",
        "Seed": "0",
        "Model": "mlp",
        "Parameters": "epochs 50, learning_rate 0.001",
        "Features": "profile speech16k, fingerprint ba9876543210",
        "Data fingerprint": "0123456789ab",
        "Versions": "ser 0.1.0, numpy 2.1.0",
        "Reproduces": "Somebody et al. (2025)",
    }
    assert "The filter runs at 16 kHz." in page.texts("li")


def test_folds_have_mean_and_spread(make_report, read_page):
    text = read_page(render(make_report({"folds": [0.3, 0.4, 0.5]}))).text
    assert (
        "Over 3 folds the mean UAR is 40.0 %, its standard deviation 10.0 points (30.0, 40.0, 50.0)." in text
    )
    assert "folds the mean" not in read_page(render(make_report({"folds": [0.3]}))).text


def test_the_confusion_table_has_shares_and_counts(make_report, read_page):
    report = make_report({"confusion_matrix": [[9, 1, 0], [0, 5, 5], [0, 0, 0]]})
    html = render(report)
    shares = re.findall(r'<td( class="deep")? style="--share: ([\d.]+)"><b>(\d+)<.*?<small>(\d+)<', html)
    assert shares[:3] == [
        (' class="deep"', "0.900", "90", "9"),
        ("", "0.100", "10", "1"),
        ("", "0.000", "0", "0"),
    ]
    assert len(shares) == 9


def test_a_plain_run_leaves_out_what_it_has_not(make_report, read_page):
    headings = read_page(render(make_report())).texts("h2")
    assert headings == [
        "Result",
        "Data",
        "Protocol and leaks",
        "Measures",
        "Emotions",
        "Voices and corpora",
        "Confidence",
        "Mistakes",
        "How it was made",
    ]


def test_contents_name_every_section(page):
    contents = [attributes["href"][1:] for attributes in page.all("a")][-11:]
    assert contents == [attributes["id"] for attributes in page.all("section")]


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&amp;{{ 7 * 7 }}"]
)
def test_names_are_never_markup(make_report, make_metrics, read_page, hostile):
    metrics = make_metrics(name=hostile)
    findings = [{**LEAK, "message": hostile}]
    report = make_report(
        title=hostile,
        metrics={**metrics, "notes": [hostile], "leakage": findings},
        command=hostile,
        source=hostile,
        choices=[hostile],
        explanation=hostile,
        quick_note=hostile,
        parameters={hostile: hostile},
    )
    page = read_page(render(report))
    assert not {tag for tag, _, _ in page.elements} & {"script", "img"}
    assert page.texts("h1") == [hostile]
    assert f"demo/{hostile}0" in " ".join(page.texts("th"))


def test_an_emotion_that_nobody_acted_is_named(make_report, make_metrics, read_page):
    metrics = make_metrics(acted=("angry", "sad"))
    assert (
        "Not tested, for want of a recording: neutral."
        in read_page(render(make_report(metrics=metrics))).text
    )


def test_a_test_of_one_emotion_is_still_a_page(make_report, make_metrics, read_page):
    page = read_page(render(make_report(metrics=make_metrics(acted=("sad",)))))
    assert "nan" not in page.text.lower().split()


def test_a_faultless_model_has_no_mistakes(make_report, make_metrics, read_page):
    metrics = make_metrics()
    metrics["mistakes"] = {"most_confident": [], "confusions": []}
    assert (
        "None: every tested recording was recognised." in read_page(render(make_report(metrics=metrics))).text
    )


def test_a_stored_evaluation_tells_new_voices_apart(make_report, make_metrics, read_page):
    unseen = make_metrics(speakers=2)
    text = read_page(render(make_report({"unseen": unseen, "leakage": [LEAK]}))).text
    assert f"only voices never met {100 * unseen['uar']:.1f} %" in text
    met = read_page(render(make_report({"unseen": None, "leakage": [LEAK]}))).text
    assert "The model has met every one of these speakers: this says nothing about new voices." in met


@pytest.fixture
def seen(make_report, store):
    """A report that draws its recordings."""
    return make_report(data=describe_data(load_examples(store), profile="speech16k", digest="abc"))


def test_recordings_are_drawn_by_their_telling_features_and_on_a_map(seen, read_page):
    page = read_page(render(seen))
    said = [figure["aria-label"] for figure in page.all("svg")]
    hills = [text for text in said if text.startswith("Medians of ")]
    assert len(hills) == 3
    best = re.match(r"Medians of (\w+)( \(.+\))? by emotion: angry [\d.]+, neutral [\d.]+, sad ", hills[0])[1]
    assert not any("mfcc" in text for text in hills)
    assert any(text.startswith("Two principal components of 46 features, with ") for text in said)
    assert re.search(rf"in which they differ most within a speaker \({best} \d+\s%, ", page.text)
    assert "What sounds alike lies close together: two principal components of all 46 features" in page.text
    assert "those of the test too; no model was chosen by them" in page.text


def test_a_map_of_many_shows_some_and_says_so(seen, monkeypatch, read_page):
    monkeypatch.setattr("ser_models.reporting.report.page.ON_THE_MAP", 20)
    text = render(seen)
    assert "lies close together: 20 of 72, drawn by lot." in read_page(text).text
    [drawn] = re.findall(r"<svg[^>]+Two principal.+?</svg>", text, re.DOTALL)
    assert drawn.count("<use ") <= 20 + 2 * 3 + 10  # points, medians here and in the legend, ticks


def test_figures_of_the_data_follow_the_page_into_the_dark(seen):
    figures = "".join(re.findall(r"<svg.+?</svg>", render(seen), re.DOTALL))
    assert not re.findall(r"#[0-9a-f]{6}\b", figures)


def test_pages_stay_small(seen, make_report):
    assert len(render(seen)) - len(render(make_report())) < 160_000


def test_without_features_there_is_nothing_to_draw(page):
    assert not any("Medians of" in figure["aria-label"] for figure in page.all("svg"))
