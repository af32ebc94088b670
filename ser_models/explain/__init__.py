"""Feature importance of a model over many recordings, and feature contributions to one prediction.

artifact, store → recordings outside of the training data (`held_out`) → `explain_model` → `Importance`
artifact, file → `explain_recording` → `Contributions`
either → `save` → a table and a figure

Boosted trees are explained by exact SHAP values (`trees`). Every other model is explained by permuting
(`permutation`) or occluding (`occlusion`) groups of its input features (`feature_groups`); an ensemble in all
of its members (`parts`).

    importance = explain_model(Path("artifacts/xgboost"), Path("data/store"))
    importance.table.head()
"""

from ser_models.explain.model import explain_model
from ser_models.explain.recording import explain_features, explain_recording
from ser_models.explain.result import Contributions, Importance
from ser_models.explain.save import save

__all__ = ["Contributions", "Importance", "explain_features", "explain_model", "explain_recording", "save"]
