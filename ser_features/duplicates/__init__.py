"""Which recordings are the same take: identical, or the same after gain, resampling, MP3 or a cut.

`Recording`s → `fingerprint` of each → `candidates` (equal codes) → `similarity` → `find_duplicates`
→ `Duplicates`
"""

from ser_features.duplicates.find import NEAR, Duplicates, Pair, find_duplicates
from ser_features.duplicates.fingerprint import Fingerprint, fingerprint, similarity

__all__ = ["NEAR", "Duplicates", "Fingerprint", "Pair", "find_duplicates", "fingerprint", "similarity"]
