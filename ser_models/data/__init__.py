"""What a model reads: stored features as labelled, split, scaled batches.

`Store` → `examples` (recordings, labels) → `split` (train, validation, test) → `inputs` (raw values)
→ `speaker_norm` (optional) → `batches` (scaled arrays); `frame_inputs`, `frames`: of networks
"""

import lazy_loader

# Prediction needs no pandas, which examples and splits import.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"examples": ["Examples", "load_examples"], "split": ["Split", "make_split"]}
)
