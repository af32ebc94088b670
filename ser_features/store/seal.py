"""A file that carries the SHA-256 of itself, so that a flipped byte anywhere in it is found.

The digest is that of the whole file with the digest's own place blank. Whatever the format, it is a text of
a fixed length somewhere in the file: a value of store.json, or of a Parquet file's key-value metadata.

>>> sealed = seal(b'{"rows": 3, "seal": "' + BLANK + b'"}')
>>> is_whole(sealed), is_whole(sealed.replace(b"3", b"4"))
(True, False)
"""

import hashlib

KEY = "seal"
"""Name of the value in a file that holds the digest."""

MARK = b"sha256:"
LENGTH = len(MARK) + 64
BLANK = MARK + b"0" * 64
"""What stands in the digest's place before it is known."""


def seal(content: bytes) -> bytes:
    """Return the content with the digest in the place of the last `BLANK`."""
    at = content.rindex(BLANK)
    return content[:at] + MARK + hashlib.sha256(content).hexdigest().encode() + content[at + LENGTH :]


def is_whole(content: bytes) -> bool:
    """Say whether a sealed file is as it was written."""
    at = content.rfind(MARK)
    if at < 0:
        return False
    found = content[at + len(MARK) : at + LENGTH]
    blank = hashlib.sha256(content[:at])
    blank.update(BLANK)
    blank.update(memoryview(content)[at + LENGTH :])
    return blank.hexdigest().encode() == found
