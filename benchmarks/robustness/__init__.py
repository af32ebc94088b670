"""Damaged files and recordings that differ from the training data."""
