"""A trained model on a page: speak or upload, and see what it hears and what it makes of it.

    page (Gradio) → upload → `guard` (whose file is it?) → `answer` → HTML: emotion, figures, features
    examples (`clips`, synthesised) ───────────────────────┘
    artifact → `knowledge` → HTML: what the model knows, and how well

`server.serve` puts it on a port. Only `page` and `server` import Gradio, which is the extra `[app]`.
"""
