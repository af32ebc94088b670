"""A page for each publication: its tables and figures in its order, ours beside them, and the commands.

<name>.md.jinja, recipes, docs/results → `page.Page` → docs/papers/<name>.md and docs/images/papers
"""
