"""Which recordings are the same take: identical, or the same after gain, resampling, MP3 or a cut.

`Part`s of files → `fingerprint` of each → `candidates` (equal codes) → `similarity` → `find_duplicates`
→ `Duplicates`
"""

from ser_features.duplicates.find import Duplicates, Pair, find_duplicates

__all__ = ["Duplicates", "Pair", "find_duplicates"]
