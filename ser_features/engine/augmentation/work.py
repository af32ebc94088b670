"""In a worker: one `VariantTask` → frames and rows of augmented copies in the store.

recording's bytes → one `Analysis` → for each variant: draw → `pipeline.augment` → row and frames, or why not
"""

import hashlib
import json
from collections.abc import Iterator

from ser_features import audio, pipeline
from ser_features.augment import Variant
from ser_features.engine.shard import Made, bring_up_to_date, explain, names, numbers
from ser_features.engine.task import Failure, ShardSummary, VariantTask
from ser_features.errors import StoreError, WorkerDiedError
from ser_features.extractors import Analysis
from ser_features.manifest import VARIANT_MARK, Recording


def run_variants(task: VariantTask) -> ShardSummary:
    """Bring the copies of one shard up to date.

    Args:
        task: what to do.

    Returns:
        How many copies were made and stored, and which could not be.
    """
    return bring_up_to_date(task, lambda recording: _outcomes(task, recording))


def probe_variants(task: VariantTask, recording: Recording) -> None:
    """Make the copies of one recording and forget them, to see whether the worker survives."""
    list(_outcomes(task, recording))


def _outcomes(task: VariantTask, recording: Recording) -> Iterator[Made | Failure]:
    """Every copy of a recording, or why there is none. The recording is decoded once."""
    try:
        decoded, analysis = _analyse(task, recording)
    except Exception as error:
        yield from (_failure(task, recording, variant, error) for variant in task.variants)
        return
    about_file = {"source_sample_rate": decoded.sample_rate, "channels": decoded.channels}
    for variant in task.variants:
        try:
            row, frames, wide = _copy(task, recording, variant, analysis)
        except Exception as error:
            yield _failure(task, recording, variant, error)
        else:
            yield row | about_file, frames, wide


def _analyse(task: VariantTask, recording: Recording) -> tuple[audio.Audio, Analysis]:
    """Decode a recording that the store knows.

    Raises:
        WorkerDiedError: if it is quarantined.
        StoreError: if it is not the one that the store has features of.
    """
    if recording.file_id in task.quarantined:
        raise WorkerDiedError(task.quarantined[recording.file_id])
    content = audio.read_bytes(task.data_root / recording.path)
    if hashlib.sha256(content).hexdigest() != task.hashes[recording.file_id]:
        raise StoreError(
            f"{recording.path} is not the file that {recording.file_id} was extracted from: "
            "run ser extract again"
        )
    return pipeline.analyse(content, task.target.profile)


def _copy(task: VariantTask, recording: Recording, variant: Variant, original: Analysis) -> Made:
    parameters = variant.draw(task.seed, recording.file_id)
    analysis = pipeline.augment(original, variant.kind, parameters)
    row = names(recording) | numbers(pipeline.columns_of(analysis, task.target.families))
    row["file_id"] = recording.file_id + VARIANT_MARK + variant.name
    row["source_file_id"] = recording.file_id
    row["variant"] = variant.name
    row["parameters"] = json.dumps(parameters)
    families = task.target.families
    return row, pipeline.frames_of(analysis, families), pipeline.wide_of(analysis, families)


def _failure(task: VariantTask, recording: Recording, variant: Variant, error: Exception) -> Failure:
    file_id = recording.file_id + VARIANT_MARK + variant.name
    digest = task.hashes[recording.file_id]
    return Failure(file_id, recording.path, "augment", type(error).__name__, explain(error), digest)
