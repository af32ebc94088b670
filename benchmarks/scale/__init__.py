"""Memory and time as recordings and workers grow."""
