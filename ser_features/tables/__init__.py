"""People's tables as they save them: text of any encoding and delimiter → columns by name → values, files.

`text` (bytes → cells) → `columns` (header → columns) → `cells` (cells → values), `paths` (cells → files)
"""
