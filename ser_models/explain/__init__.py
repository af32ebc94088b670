"""What a model goes by: which features its answers hang on, over many recordings and for a single one.

artifact, store → recordings that it was not trained on (`heldout`) → `explain_model` → `Importance`
artifact, file → `explain_recording` → `Contributions`
either → `save` → a table and figures

Boosted trees are taken apart exactly (SHAP values, `trees`). Every other model is asked again with a part of
its input exchanged among recordings (`permutation`) or hidden (`occlusion`).

    importance = explain_model(Path("artifacts/xgboost"), Path("data/store"))
    importance.table.head()
"""

from ser_models.explain.model import explain_model
from ser_models.explain.recording import explain_recording
from ser_models.explain.result import Contributions, Importance, save

__all__ = ["Contributions", "Importance", "explain_model", "explain_recording", "save"]
