"""Limits of the app: a recording, and how many are recognised at a time."""

from ser_models.web.limits import MEGABYTE, Limits

RECORDING = Limits(max_bytes=64 * MEGABYTE, max_seconds=600.0)
"""Size and duration of a recording: ten minutes as a browser records them, 16 bits at 48 kHz."""
MAX_FILES = 16
"""Recordings that are recognised together."""
MAX_UPLOAD = 2 * RECORDING.max_bytes
"""Bytes of all recordings that are sent together."""
CONCURRENCY = 2
"""Recordings that are recognised at the same time."""
MAX_WAITING = 16
"""Requests in the queue; more are rejected."""
