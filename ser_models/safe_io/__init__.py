"""Readers for files from untrusted sources: size and structure are validated before the content is used.

path → `strict`, `arrays`, `xgboost_json` → plain values or arrays; `ArtifactError` names what was refused
"""
