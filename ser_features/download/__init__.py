"""Published corpus → its recordings in the data root, checked on the way.

word → `plan` (what is there, where it comes from) → `fetch` (resumed, checked) → `unpack` (safely)
→ one rename into `<data root>/<corpus>`

>>> from ser_features.download import SOURCES, Archive
>>> ravdess = SOURCES["ravdess"]
>>> isinstance(ravdess, Archive) and ravdess.checksum
'md5:bc696df654c87fed845eb13823edef8a'
"""

from ser_features.download.install import Plan, install, plan
from ser_features.download.sources import SOURCES, Archive, ByHand, Repository
from ser_features.download.watch import Patience, Watch

__all__ = ["SOURCES", "Archive", "ByHand", "Patience", "Plan", "Repository", "Watch", "install", "plan"]
