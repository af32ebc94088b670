"""The audit of a split from elsewhere: who and what is on both sides of it.

lists, tables or folders → `sources` → `SplitTable` → `identity` → `IdentifiedSplit` → `sound` (with audio)
→ `shares` → `AuditResult` → `statements`, `text`; `audit` runs the whole chain

No store and no model is needed. `ser_models.evaluation.leakage` audits the splits of our own trainings.
"""
