"""A trained model on disk: one folder, written in one step and checked on loading.

`save` → artifact.json, model, scaler, metrics, figures → `load` → `Artifact` (metadata, `Backend`)
"""

from ser_models.artifact.folder import Artifact, check_target, load, notes_on_replacing, save

__all__ = ["Artifact", "check_target", "load", "notes_on_replacing", "save"]
