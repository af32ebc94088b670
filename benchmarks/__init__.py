"""Measurements of speed, scale, robustness and accuracy; README.md lists commands and results."""
