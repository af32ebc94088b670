"""Seconds per recording: extraction, prediction, reading while training."""
