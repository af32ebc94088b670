"""A recipe of a user's own, for the recordings of tones; `{table}` stands for their table."""

RECIPE = """
title = "Regression on tones"
source = "nowhere"
choices = []
datasets = ["{table}"]
classes = ["angry", "neutral", "sad"]
profile = "speech16k"

[model]
name = "logistic"

[paper]
split = "random"
shares = [0.7, 0.15, 0.15]
words = "At random."

[honest]
split = "speaker"
folds = 3
words = "By speaker."

[tune]
C = {{ low = 0.01, high = 1.0, log = true }}
"""
