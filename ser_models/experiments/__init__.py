"""Store or recipe → artifact: training, evaluation, reproduction and tuning, each in one call.

`Store` → examples and split → `training` → `evaluation` → `reporting` → `artifact`
"""

import lazy_loader

# `evaluate`, `reproduce` and `tune` are modules; each has a function of its name.
__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={"train": ["run_experiment"]})
