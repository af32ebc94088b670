"""The support vector machine against scikit-learn's SVC."""

import numpy as np
import pytest
from sklearn.svm import SVC

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from ser_models.models.kernel.ridge import CLIP

RNG = np.random.default_rng(2)
TARGETS = np.repeat([0, 1, 2, 3], [30, 20, 15, 10])
COLUMNS = (RNG.standard_normal((75, 12)) + TARGETS[:, None] / 2).astype(np.float32)
NEW = (RNG.standard_normal((40, 12)) + 1).astype(np.float32)


def labelled(rows, classes=4):
    return Labelled(InMemory({"columns": COLUMNS[rows]}), TARGETS[rows], classes)


def fitted(rows=slice(None), **parameters):
    model = create("svm", parameters)
    model.fit(labelled(rows), labelled(rows), FitContext(0))
    return model


def scikit_learn(rows=slice(None), **parameters):
    columns = np.clip(COLUMNS, -CLIP, CLIP) / np.sqrt(12)
    return SVC(class_weight="balanced", **parameters).fit(columns[rows], TARGETS[rows])


@pytest.mark.parametrize("parameters", [{"kernel": "linear", "C": 0.3}, {"kernel": "rbf", "gamma": 0.5}])
@pytest.mark.parametrize("classes", [2, 3, 4])
def test_scores_are_the_one_vs_rest_decision_function_of_svc(parameters, classes):
    rows = classes > TARGETS
    peer = scikit_learn(rows, **parameters)
    expected = peer.decision_function(NEW / np.sqrt(12))
    logits = np.log(fitted(rows, **parameters).predict_proba({"columns": NEW})[:, :classes])
    if classes == 2:  # SVC gives one signed margin, of which the order and sign remain
        np.testing.assert_array_equal(logits[:, 1] > logits[:, 0], expected > 0)
        np.testing.assert_array_equal(np.argsort(logits[:, 1] - logits[:, 0]), np.argsort(expected))
    else:
        np.testing.assert_allclose(np.diff(logits), np.diff(expected), atol=2e-3)


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_a_restored_model_predicts_the_same_and_a_linear_one_has_no_support_vectors(kernel):
    model = fitted(kernel=kernel)
    restored = create("svm", {"kernel": kernel}).set_state(model.state(), classes=4)
    before, after = (one.predict_proba({"columns": NEW}) for one in (model, restored))
    np.testing.assert_array_equal(before, after)
    assert (len(restored.arrays["support"]) == 0) == (kernel == "linear")


def test_a_class_without_training_data_has_no_probability():
    probabilities = fitted(TARGETS != 1).predict_proba({"columns": NEW})
    assert not probabilities[:, 1].any()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
