"""A web page for a trained model: record or upload speech, and see its prediction and features.

    page (Gradio) → upload → `guard` → `inspection` → `result` → HTML: prediction, figures, features
    examples (`clips`, synthetic) ────┘
    artifact → `result.describe_model` → HTML: training data and evaluation of the model

`server.serve` starts the web server. Only `page` and `server` import Gradio, which is the extra `[app]`.
"""
