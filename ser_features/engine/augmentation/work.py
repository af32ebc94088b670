"""In a worker: one `VariantTask` → frames and rows of augmented copies in the store.

recording's bytes → one `Analysis` → per variant: draw → `pipeline.copy_of` → row and frames, or a `Failure`
"""

import json
from collections.abc import Iterator

from ser_features import audio, pipeline
from ser_features.augment import Variant
from ser_features.engine.shard import Computed, bring_up_to_date, digest_of, explain, names, numbers
from ser_features.engine.task import Failure, ShardSummary, VariantTask
from ser_features.errors import StoreError, WorkerDiedError
from ser_features.extractors import Analysis
from ser_features.manifest import VARIANT_MARK, Recording


def run_variants(task: VariantTask) -> ShardSummary:
    """Bring the copies of one shard up to date.

    Returns:
        Number of copies stored, and those that could not be computed.
    """
    return bring_up_to_date(task, lambda recording: _copies(task, recording))


def probe_variants(task: VariantTask, recording: Recording) -> None:
    """Compute the copies of one recording and discard them, to see whether the worker survives."""
    list(_copies(task, recording))


def _copies(task: VariantTask, recording: Recording) -> Iterator[Computed | Failure]:
    """Every copy of a recording, or the reason why it failed. The recording is decoded once."""
    try:
        decoded, analysis = _analyse(task, recording)
    except Exception as error:
        yield from (_failure(task, recording, variant, error) for variant in task.variants)
        return
    about_file = {
        "source_sample_rate": decoded.sample_rate,
        "channels": decoded.channels,
        "audio_notes": decoded.note,
    }
    for variant in task.variants:
        try:
            row, frames, wide = _copy(task, recording, variant, decoded, analysis)
        except Exception as error:
            yield _failure(task, recording, variant, error)
        else:
            yield row | about_file, frames, wide


def _analyse(task: VariantTask, recording: Recording) -> tuple[audio.Audio, Analysis]:
    """Decode a recording that the store holds.

    Raises:
        WorkerDiedError: if it is quarantined.
        StoreError: if its bytes are not those whose features are stored.
    """
    if recording.file_id in task.quarantined:
        raise WorkerDiedError(task.quarantined[recording.file_id])
    path, profile = task.data_root / recording.path, task.target.profile
    content = None if recording.is_part else audio.read_bytes(path)
    if digest_of(recording, path, content) != task.hashes[recording.file_id]:
        raise StoreError(
            f"{recording.path} is not the file that {recording.file_id} was extracted from: "
            "run ser extract again"
        )
    if content is not None:
        return pipeline.analyse(content, profile, recording.audio_channel)
    decoded = pipeline.decode_part(task.source(recording), profile)
    return decoded, pipeline.analysis_of(decoded, profile)


def _copy(
    task: VariantTask, recording: Recording, variant: Variant, decoded: audio.Audio, original: Analysis
) -> Computed:
    parameters = variant.draw(task.seed, recording.file_id, task.hashes[recording.file_id])
    analysis = pipeline.copy_of(decoded, original, variant, parameters)
    families = task.target.families
    row = names(recording) | numbers(pipeline.columns_of(analysis, families))
    row |= {
        "file_id": recording.file_id + VARIANT_MARK + variant.name,
        "source_file_id": recording.file_id,
        "variant": variant.name,
        "parameters": json.dumps(parameters),
    }
    return row, pipeline.frames_of(analysis, families), pipeline.wide_of(analysis, families)


def _failure(task: VariantTask, recording: Recording, variant: Variant, error: Exception) -> Failure:
    file_id = recording.file_id + VARIANT_MARK + variant.name
    digest = task.hashes[recording.file_id]
    return Failure(file_id, recording.path, "augment", type(error).__name__, explain(error), digest)
