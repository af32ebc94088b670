"""Names of columns in people's tables: the usual ones by column of the store, and those of parts and ratings.

header → `columns` (which column is what), by `USUAL_NAMES`
"""

from collections.abc import Mapping

USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "path": (
        *("file", "filename", "file_path", "audio", "audio_file", "audio_path"),
        "audio_filepath",
        *("wav", "wav_file", "wav_path", "recording"),
    ),
    "emotion": (
        *("label", "labels", "emotions", "emotion_label", "emotion_class", "emotion_name"),
        *("emo", "emo_class", "class", "class_name"),
    ),
    "speaker": (
        *("speaker_id", "speaker_name", "spk", "spk_id", "spkr", "spkr_id", "actor", "actor_id"),
        *("subject", "subject_id", "participant", "participant_id", "talker", "client_id"),
    ),
    "language": ("lang",),
    "text": ("transcript", "transcription"),
    "intensity": ("emotion_intensity", "emotional_intensity"),
    "statement": ("text_id", "sentence", "sentence_id"),
    "repetition": (),
    "modality": (),
    "session": ("session_id",),
    "gender": ("sex",),
    "age": (),
    "vocal_channel": (),
    "partition": ("split", "split_set", "subset"),
    "arousal": ("activation", "emo_act", "arousal_mean"),
    "valence": ("emo_val", "valence_mean"),
    "dominance": ("emo_dom", "dominance_mean"),
    "scale": (),
    "agreement": (),
    "rater": ("rater_id", "annotator", "annotator_id", "worker", "worker_id", "listener", "listener_id"),
    "raters": ("n_raters", "num_raters", "annotators", "n_annotators", "num_annotators", "num_responses"),
    "start": (
        *("start_time", "start_sec", "start_s", "start_seconds", "start_ms"),
        *("begin", "begin_time", "begin_sec", "begin_ms", "onset", "onset_sec", "onset_ms"),
    ),
    "end": (
        *("end_time", "end_sec", "end_s", "end_seconds", "end_ms"),
        *("stop", "stop_time", "stop_sec", "stop_ms", "offset", "offset_sec", "offset_ms"),
    ),
    "audio_channel": ("channel",),
}
"""Column of the store → other names that tables give it, most of them seen in published corpora."""

RATINGS = ("arousal", "valence", "dominance", "scale", "agreement", "raters", "rater")
"""Columns of what raters said about a recording (`tables.ratings`, `corpora.votes`)."""

SPANS = ("start", "end", "audio_channel")
"""Columns that make a row a part of its file (`tables.spans`)."""

ONSETS = ("onset", "onset_sec", "onset_ms", "offset", "offset_sec", "offset_ms")
"""Names of a start or an end that mean other things too: they need a partner, an end or a duration."""

OFFSETS = ONSETS[3:]
"""The end beside a start, and the start beside a duration or an end."""

DURATIONS = ("duration", "duration_sec", "duration_ms", "dur")
"""Names of the column that, beside a start and without an end, says where a part ends."""

EXPORTED = frozenset(("dataset", "file_id", "audio_sha256"))
"""Columns of the tables that `ser store export` writes."""
