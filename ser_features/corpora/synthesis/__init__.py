"""Synthetic emotional speech: clips, emotional expression, speech synthesis, and writing of the files.

`script.clips()` → `recipe.express` (prosody and timbre per clip) ┐
`speech.utterances()` (neutral speech of each sentence) ──────────┴→ `render.render` → `writer.generate`

No person speaks here. eSpeak NG, as built into Praat, synthesises the sentences; a documented recipe changes
pitch, time, level and timbre. A model trained on it learns the recipe: the corpus serves to try every command
without a download, and supports no conclusion about people.

>>> from ser_features.corpora.synthesis.script import clips
>>> len(clips()), clips()[0].path
(360, 'F1/F1_angry_s1_1.wav')
"""
