"""Recognition of unseen speakers, written to docs/accuracy.md and docs/results.md."""
