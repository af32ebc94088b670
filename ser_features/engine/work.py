"""In a worker: one `ShardTask` → frames and rows of recordings in the store.

recording's bytes → `pipeline.extract_bytes` → row and frames, or the reason why there are none
"""

import hashlib
from collections.abc import Iterator

from ser_features import audio, pipeline
from ser_features.engine.shard import Made, bring_up_to_date, explain, names, numbers
from ser_features.engine.task import Failure, ShardSummary, ShardTask
from ser_features.errors import AudioError
from ser_features.manifest import Recording


def run_shard(task: ShardTask) -> ShardSummary:
    """Bring one shard up to date.

    Args:
        task: what to do.

    Returns:
        How many recordings were computed and stored, and which were refused.
    """
    renamed = {recording.file_id: names(recording) for recording in task.relabel}
    return bring_up_to_date(task, lambda recording: _outcome(task, recording), renamed)


def probe(task: ShardTask, recording: Recording) -> None:
    """Compute one recording and forget the result, to see whether its worker survives."""
    list(_outcome(task, recording))


def _outcome(task: ShardTask, recording: Recording) -> Iterator[Made | Failure]:
    """Features of a recording, or why there are none. No recording's fault may stop the others."""
    if recording.file_id in task.quarantined:
        message = task.quarantined[recording.file_id]
        digest = audio.sha256_if_readable(task.data_root / recording.path)
        yield Failure(recording.file_id, recording.path, "worker", "WorkerDiedError", message, digest)
        return
    content: bytes | None = None
    path = task.data_root / recording.path
    try:
        size, modified = audio.stamp(path) or (None, None)  # before it is read: later changes are noticed
        content = audio.read_bytes(path)
        features = pipeline.extract_bytes(content, task.target.profile, task.target.families)
    except Exception as error:
        digest = None if content is None else hashlib.sha256(content).hexdigest()
        stage = "audio" if isinstance(error, AudioError) else "features"
        yield Failure(recording.file_id, recording.path, stage, type(error).__name__, explain(error), digest)
        return
    about_file = {
        "source_sample_rate": features.source_sample_rate,
        "channels": features.channels,
        "audio_sha256": features.audio_sha256,
        "source_size": size,
        "source_mtime": modified,
    }
    yield names(recording) | numbers(features.columns) | about_file, features.frames, features.wide
