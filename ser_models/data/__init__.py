"""What a model reads: stored features as labelled, split, scaled batches.

`Store` → `examples` (recordings, labels) → `split` (train, validation, test) → `inputs` (raw values)
→ `speaker_norm` (optional) → `batches` (scaled arrays)
"""
