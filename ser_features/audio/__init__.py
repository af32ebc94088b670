"""Audio files: read, hashed, decoded.

path → `files.read_bytes` → bytes → `headers.check` → `decoder.decode` → `Audio`
"""

from ser_features.audio.decoder import Audio, count_channels, decode
from ser_features.audio.files import MAX_BYTES, is_settled, read_bytes, sha256, sha256_if_readable, stamp

__all__ = [
    "MAX_BYTES",
    "Audio",
    "count_channels",
    "decode",
    "is_settled",
    "read_bytes",
    "sha256",
    "sha256_if_readable",
    "stamp",
]
