"""The pages on features, corpora, models and leakage agree with the code."""

import re
from collections import Counter
from pathlib import Path

import pytest

from docs.scripts import corpora as published
from ser_features import corpora
from ser_features.config import PROFILES, SUFFIXES, Profile
from ser_features.extractors import CORE_COLUMNS, DEFAULT_FAMILIES, encoder_free, of_kind
from ser_features.labels import EMOTIONS
from ser_models import recipes
from ser_models.evaluation.entries import Finding
from ser_models.experiments.architecture import Request, architecture
from ser_models.models import MODELS, model_class
from ser_models.models.base import ColumnModel
from ser_models.models.hyperparameters import describe
from ser_models.models.networks.network import Network
from ser_models.models.registry import USES, measurement
from ser_models.recipes.read import load
from tests.whole_corpora import WHOLE

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def table_rows(name: str) -> list[list[str]]:
    """Cells of all tables of a document."""
    lines = (DOCS / f"{name}.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def number(cell: str) -> int:
    return int(cell.replace(",", "") or 0)


# Features


def test_every_core_column_is_described_with_its_unit():
    units = {name: row[1] for row in table_rows("features") for name in re.findall(r"`(\w+)`", row[0])}
    assert len(CORE_COLUMNS) == 46
    assert {column.name: units.get(column.name) for column in CORE_COLUMNS} == {
        column.name: column.unit for column in CORE_COLUMNS
    }


def test_every_family_is_described():
    text = (DOCS / "features.md").read_text(encoding="utf-8")
    units = {row[0].strip("`"): row[2] for row in table_rows("features") if len(row) == 5}
    for name, extractor in ((family.name, family.extractor) for family in of_kind("frames", encoder_free())):
        assert units[name] == extractor.unit
    for name in ("core", "statistics"):
        assert f"`{name}`" in text
    assert f"`{'`, `'.join(DEFAULT_FAMILIES[:-1])}` and `{DEFAULT_FAMILIES[-1]}` are stored" in text


def trimming(profile: Profile) -> str:
    if profile.audio.conditioning:
        return "conditioned"
    return f"{profile.audio.trim_db:g} dB" if profile.audio.trim_db else "none"


def test_profiles_are_as_described():
    described = {row[0].strip("`"): row[1:8] for row in table_rows("features") if len(row) == 9}
    for name, profile in PROFILES.items():
        rate, frames, pitch = profile.audio.sample_rate, profile.frames, profile.pitch
        window, hop = (f"{1000 * size / rate:.4g} ms" for size in (frames.frame_length, frames.hop_length))
        assert described[name] == [
            f"{rate / 1000:g} kHz",
            trimming(profile),
            f"{window}, {hop}".replace("42.67", "42.7").replace("10.67", "10.7"),
            str(frames.n_fft),
            str(frames.n_mels),
            f"{pitch.floor:g}–{pitch.ceiling:g} Hz",
            {"praat": "Praat", "compiled": "compiled", "autocorrelation": "ours"}[pitch.method],
        ]


def test_every_suffix_of_a_profile_is_described():
    described = {suffix for row in table_rows("features") for suffix in re.findall(r"`(\+\w+)`", row[0])}
    assert described == {*SUFFIXES}


# Corpora


@pytest.mark.parametrize("name", [*WHOLE, "demo"])
def test_a_corpus_is_as_described(name, whole_corpora):
    corpus = corpora.get(name)
    rows = {row[0]: row[1:] for row in table_rows("corpora")}
    described = next(row for cell, row in rows.items() if cell.startswith(f"[`{name}`]"))
    assert number(described[0]) == corpus.whole
    assert number(described[2]) == len(corpus.emotions)
    assert described[3:5] == [corpus.language, corpus.licence]
    counts = dict(zip(EMOTIONS, map(number, rows[f"`{name}`"]), strict=True))
    assert sum(counts.values()) == corpus.whole
    assert [emotion for emotion, count in counts.items() if count] == list(corpus.emotions)
    text = " ".join(
        (DOCS / "corpora.md").read_text(encoding="utf-8").replace("<", "").replace(">", "").split()
    )
    assert corpus.citation in text
    if name in whole_corpora:
        whole = whole_corpora[name]
        assert counts == {**dict.fromkeys(EMOTIONS, 0), **Counter(recording.emotion for recording in whole)}
        assert number(described[1]) == len({recording.speaker for recording in whole})


def test_every_corpus_has_its_source():
    text = (DOCS / "corpora.md").read_text(encoding="utf-8")
    for corpus in map(corpora.get, corpora.names()):
        assert corpus.synthetic or f"<{corpus.url}>" in text
        section = re.search(
            rf"^###? {re.escape(corpus.title.split(' ')[0])}$", text, re.MULTILINE | re.IGNORECASE
        )
        assert section, corpus.title


def test_sections_of_published_corpora_are_those_of_their_files():
    page = published.PAGE.read_text(encoding="utf-8")
    between = page.split(published.BEGIN)[1].split(published.END)[0].strip()
    assert between == published.text(), "run python -m docs.scripts.corpora"


# Models


def default_text(value) -> str:
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return " ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def hyperparameters(heading: str) -> dict[str, list[str]]:
    """Name → default and values, of the table below a heading of the models page."""
    text = (DOCS / "models.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|([^|]+)\| ([^|]+) \|", section, re.MULTILINE)
    return {name: [default.strip(), values.strip()] for name, default, values in rows}


@pytest.mark.parametrize("name", MODELS)
def test_hyperparameters_are_as_described(name):
    cls = model_class(name, described_only=True)
    model = cls()
    common = hyperparameters("Every network") if isinstance(model, Network) else {}
    common |= hyperparameters("Every model of columns") if isinstance(model, ColumnModel) else {}
    described = {**common, **hyperparameters(f"`{name}`")}
    assert described == {
        key: [default_text(model.parameters[key]), describe(hint)] for key, hint in cls.hints().items()
    }


def test_table_of_models_lists_the_registry():
    rows = {row[0]: row[3:] for row in table_rows("models") if len(row) == 6 and row[0].startswith("[")}
    assert {re.fullmatch(r"\[`(\w+)`\]\(#\1\)", name)[1] for name in rows} == {*MODELS}
    for name, use in USES.items():
        time, uar, described = rows[f"[`{name}`](#{name})"]
        measured = measurement(name)
        assert re.sub(r"\[(.+?)\]\(.+?\)", r"\1", described) == use
        assert time == (f"{measured.time:g}" if measured else "")
        assert uar == (f"{measured.uar:.3f}" if measured and measured.uar else "")


@pytest.mark.long
def test_parameter_counts_of_networks():
    pytest.importorskip("keras", reason="no Keras, so networks are not counted")
    described = {row[0]: row[2] for row in table_rows("models") if len(row) == 6 and row[0].startswith("[")}
    inputs = {
        "mlp": {"columns": (30,)},
        "cnn_lstm": {"frames": (300, 64), "mask": (300,)},
        "bone_conducted_transformer": {"frames": (300, 64), "mask": (300,)},
        "attention_cnn_bilstm": {"frames": (300, 39 + 12 + 64 + 7 + 6), "mask": (300,)},
        "fusion_cnn_bilstm": {"columns": (350,)},
        "spectrogram_cnn_bilstm": {"frames": (128, 64), "mask": (128,)},
        "chunked_conv3d": {"chunks": (3, 128, 60, 1)},
    }
    counted = {
        name: architecture(Request(name, shapes=shapes, classes=6)).parameters
        for name, shapes in inputs.items()
    }
    assert {name: number(described[f"[`{name}`](#{name})"]) for name in inputs} == counted


def test_every_recipe_is_on_the_page():
    rows = {tuple(cell.strip("`") for cell in row) for row in table_rows("models") if len(row) == 3}
    for name in recipes.names():
        recipe = load(name)
        assert (name, recipe.model["name"], recipe.profile) in rows


def test_every_file_of_an_artifact_is_described(artifact_of):
    listing = (DOCS / "models.md").read_text(encoding="utf-8").split("\n## Artifacts\n")[1]
    names = {path.name for path in artifact_of("logistic").iterdir()}
    assert len(names) > 8
    assert not [name for name in names if f"  {name}" not in listing]


# Protocols


def test_every_kind_of_leak_is_described():
    kinds = re.search(r"kind: ([^.]+)\.", Finding.__doc__)[1].replace(" or ", ", ").split(", ")
    assert len(kinds) == 7
    described = [row[0].strip("`") for row in table_rows("protocols") if len(row) == 5]
    assert set(kinds) <= set(described)


@pytest.mark.parametrize("page", ["protocols", "models", "index"])
def test_figures_of_a_page_are_documented_results(page):
    """Each UAR is also in the README, in the table of results or in that of accuracy, with its command."""
    pages = (ROOT / "README.md", DOCS / "results.md", DOCS / "accuracy.md")
    sources = "".join(path.read_text(encoding="utf-8") for path in pages)
    figures = set(re.findall(r"\b0\.\d{3}\b", (DOCS / f"{page}.md").read_text(encoding="utf-8")))
    of_uar = figures - {"0.003", "0.001", "0.000"}
    assert len(of_uar) > 3
    assert not [figure for figure in of_uar if figure not in sources]
