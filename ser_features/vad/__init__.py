"""Voice activity: where in a recording there is speech.

file → `files.segments_of` (decoded block by block) → `silero` (probability of speech per frame)
→ `spans` (thresholds, pauses, lengths) → `Segment`s → `table.write_table`
"""

from ser_features.vad.config import SegmentConfig
from ser_features.vad.files import Segmented, segments_of
from ser_features.vad.spans import Segment

__all__ = ["Segment", "SegmentConfig", "Segmented", "segments_of"]
