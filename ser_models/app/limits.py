"""Limits of the app: a recording, and how many are recognised at a time."""

from ser_models.web.limits import Limits

RECORDING = Limits()
"""Size and duration of a recording."""
CONCURRENCY = 2
"""Recordings that are recognised at the same time."""
MAX_WAITING = 16
"""Requests in the queue; more are rejected."""
