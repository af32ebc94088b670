"""Base of the regularised least-squares classifiers: model selection and calibration on held-out recordings.

`Labelled` of both sides → `fit_features` → design matrix → α selected on inner folds → weights

No early stopping is needed, so the validation speakers are training data like the others; α and the scale of
the logits are selected in folds over all of them that are disjoint in speakers, or in corpora
(`ser_models.models.inner_folds`).
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from ser_models.models.base import ArrayModel, Arrays, FitContext, Labelled, Row, concatenate
from ser_models.models.hyperparameters import Positives
from ser_models.models.inner_folds import inner_folds
from ser_models.models.kernel import solver
from ser_models.safe_io.arrays import Form


@dataclass
class LeastSquares(ArrayModel):
    """Ridge regression on one-hot targets; see `ser_models.models.kernel.solver`.

    Attributes:
        alphas: regularisation strengths, of which the one with the highest UAR on held-out speakers is used.
    """

    calibrated = True
    trains_on_validation = True
    learns_from_copies = True
    own: ClassVar[dict[str, Form]]
    """Arrays of the subclass that are saved, with their numbers of dimensions."""
    alphas: Positives = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    predicted_in_fit: tuple[np.ndarray, np.ndarray] | None = field(default=None, init=False, repr=False)
    """Predictions for training, then validation recordings, (recordings, classes): by the fitted model, and
    in the inner fold that holds out their speaker or corpus; None unless fitted in this process."""

    @abstractmethod
    def fit_features(
        self, both: Labelled, *, seed: int, fold: int
    ) -> tuple[dict[str, np.ndarray], solver.Design]:
        """Fit the feature transform.

        Returns:
            Its arrays, those of `own` and any needed during the fit; and the `design_matrix` of `both`.
        """

    @abstractmethod
    def design_matrix(self, arrays: Arrays, features: dict[str, np.ndarray]) -> np.ndarray:
        """Return the features of the regression, (recordings, columns) float32, with row norms of about 1.

        Args:
            arrays: scaled.
            features: from `fit_features`.
        """

    def compacted(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the arrays without what only the fit needs."""
        return arrays

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Select α and the logit scale on inner folds, then fit all recordings; see `Model.fit`.

        The history is one row: loss and UAR of the fitted recordings, and as validation those of every
        recording in the inner fold that held out its speaker, or corpus.
        """
        both = concatenate(train, validation)
        features, design = self.fit_features(both, seed=context.seed, fold=context.fold)
        system, trained = solver.linear(design), np.bincount(both.targets, minlength=both.classes) > 0
        problem = solver.Problem(both.targets, both.classes, both.corpora)
        choice = solver.choose(
            system, problem, inner_folds(both, context), alphas=self.alphas, jobs=context.jobs
        )
        solution = system.solve(np.arange(len(design)), problem, alphas=[choice.alpha])[0]
        self.arrays = {
            **features,
            "weights": solver.primal_weights(design, solution),
            "intercept": solution.intercept,
            "trained": trained,
            "logit_scale": np.array(choice.logit_scale),
        }
        in_sample = self._probabilities(design, self.arrays)
        held_out = solver.probabilities(choice.scores, choice.logit_scale, trained)
        row: Row = {"epoch": 1.0, **both.row(in_sample, ""), **both.row(held_out, "val_")}
        self.predicted_in_fit = in_sample, held_out
        self.arrays = self.compacted(self.arrays)
        context.on_epoch(row)
        return [row]

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; a class without training data has 0."""
        state = self.state()
        return self._probabilities(self.design_matrix(arrays, state), state)

    def forms(self, state: Mapping[str, np.ndarray], classes: int) -> dict[str, Form]:
        """Data type and shape of the arrays; sizes that depend on the features are checked in use."""
        return {
            "weights": ("float64", (None, classes)),
            "intercept": ("float64", (classes,)),
            "trained": ("bool", (classes,)),
            "logit_scale": ("float64", ()),
            **self.own,
        }

    def _probabilities(self, design: solver.Design, arrays: dict[str, np.ndarray]) -> np.ndarray:
        rows = np.arange(len(design))
        scores = solver.linear_scores(design, rows, arrays["weights"], arrays["intercept"])
        return solver.probabilities(scores, float(arrays["logit_scale"]), arrays["trained"])
