"""The models by name, and what they share; `kernel` and `networks` hold the larger kinds.

name → `registry` (module, class) → `create(name, parameters)` → an unfitted `Model` → `fit` → `predict_proba`
"""

from ser_models.models.registry import MODELS, create, model_class

__all__ = ["MODELS", "create", "model_class"]
