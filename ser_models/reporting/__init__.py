"""Results → figures, report and model card.

`EvaluationResult` → `figures` (PNG, SVG) → `report` (one HTML page) and `model_card` (Markdown)
"""
