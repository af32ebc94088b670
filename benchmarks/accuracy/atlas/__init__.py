"""Published splits of speech emotion corpora: what training and test share, for each of them.

files of folds → `ser_models.audit`, `rules` → `measure` → docs/results/atlas.json → `page` → docs/audit.md
"""
