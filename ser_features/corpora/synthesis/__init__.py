"""Synthetic emotional speech: who says what, how each emotion sounds, and the making of the files.

`script.clips()` → `recipe.express` (what a clip should sound like) ┐
`speech.utterances()` (the sentences, spoken flatly) ───────────────┴→ `render.render` → `writer.generate`

No person speaks here. eSpeak NG, as built into Praat, says the sentences; a documented recipe bends pitch,
time, level and timbre. What a model learns from it is the recipe: good for trying every step of the way
without a download, and for nothing that is said about people.

>>> from ser_features.corpora.synthesis.script import clips
>>> len(clips()), clips()[0].path
(360, 'F1/F1_angry_s1_1.wav')
"""
