"""How many altered copies of recordings the audit finds, and how many other takes it takes for copies.

recordings → `copies` → `measure` → docs/results/near_duplicates.json → `page` → docs/audit.md
"""
