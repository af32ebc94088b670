"""Published corpus → its recordings in the data root, with verified checksums.

name → `plan` (recordings present, source) → `fetch` (resumed, verified) → `unpack` (safely)
→ one rename into `<data root>/<corpus>`

>>> from ser_features.download import SOURCES, Archive
>>> ravdess = SOURCES["ravdess"]
>>> isinstance(ravdess, Archive) and ravdess.checksum
'md5:bc696df654c87fed845eb13823edef8a'
"""

from ser_features.download.install import Plan, install, plan
from ser_features.download.sources import SOURCES, Archive, ByHand, Repository, licence_of, source_of
from ser_features.download.transfer import RetryPolicy, TransferObserver

__all__ = [
    "SOURCES",
    "Archive",
    "ByHand",
    "Plan",
    "Repository",
    "RetryPolicy",
    "TransferObserver",
    "install",
    "licence_of",
    "plan",
    "source_of",
]
