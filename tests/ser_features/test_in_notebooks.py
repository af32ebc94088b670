"""Reprs of one line, HTML tables, and progress in the cells of a notebook."""

import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from ser_features import notebook, read_store
from ser_features.api import _bar
from ser_features.engine.report import ExtractReport
from ser_features.engine.task import Failure
from ser_models.api import _shown
from ser_models.inference.prediction import Prediction
from ser_models.training.config import Step, ignore
from tests.results import make_result


@pytest.fixture
def cells(monkeypatch):
    """What the cells of a notebook show, as HTML."""
    shown: list[str] = []
    html = SimpleNamespace(HTML=str, display=lambda text, display_id: SimpleNamespace(update=shown.append))
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", html)
    monkeypatch.setattr(notebook, "SECONDS", 0)
    return shown


def test_a_store_shows_its_rows_by_emotion(store_root):
    store = read_store(store_root)
    assert repr(store) == f"Store({str(store_root)!r}: own; core mel mfcc pitch)"
    assert "<th>own</th><td>24</td><td>24</td><td>24</td>" in store._repr_html_()


def test_a_report_of_an_extraction_shows_refused_files():
    failure = Failure("own/x", "<x>.wav", "audio", "EmptyFileError", "no bytes")
    report = ExtractReport(stored=2, failures=[failure], counts={("own", "sad"): 2})
    assert repr(report) == "ExtractReport(2 stored, 0 unchanged, 1 failed)"
    assert "<th>own</th><td>2</td>" in report._repr_html_()
    assert "failed: &lt;x&gt;.wav: no bytes" in report._repr_html_()


def test_a_prediction_shows_its_ranking():
    prediction = Prediction("a.wav", "sad", 0.9, {"happy": 0.1, "sad": 0.9}, warning="loud")
    assert repr(prediction) == "Prediction('a.wav', emotion='sad', confidence=0.900)"
    assert prediction._repr_html_().endswith(
        "<tr><th>sad</th><td>0.900</td></tr><tr><th>happy</th><td>0.100</td></tr></table><p>loud</p>"
    )
    assert repr(Prediction("b.wav", error="no bytes")) == "Prediction('b.wav', error='no bytes')"


def test_a_result_shows_its_classes():
    result = make_result()
    assert repr(result).startswith("EvaluationResult(mlp on demo: n=60, UAR 0.")
    html = result._repr_html_()
    assert html.count("<tr>") == 4
    assert "speaker-disjoint, 2 folds; leaks: none" in html
    assert "not measurable" in repr(replace(result, uar=None, uar_ci95=None))


def test_progress_is_a_bar_in_a_notebook(cells):
    observer = _bar()
    observer.on_plan(4, 0)
    observer.on_progress(2, 1)
    assert cells[-1] == "extracting <progress value=2 max=4></progress> 2 / 4 1 failed"
    _shown()(Step("fold 1 of 2", {"epoch": 3.0, "val_uar": 0.5}))
    assert cells[-1] == "training fold 1 of 2, epoch 3: validation UAR 0.500"


def test_elsewhere_there_is_no_progress():
    assert _bar() is None
    assert _shown() is ignore
