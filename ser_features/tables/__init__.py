"""People's tables as they save them: text of any encoding and delimiter → columns by name → values, files.

`cells` (bytes → cells) → `columns` (header → columns) → `cells` (→ values), `paths` (→ files) → `rows`
"""
