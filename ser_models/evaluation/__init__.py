"""Predictions → what they are worth: metrics, intervals over speakers, figures, a report."""
