"""Store + variants → the store with augmented copies: data augmentation in one call.

rows of files/ → `plan` (copies that are missing) → `VariantTask`s → runner → variants/ and frames/

    variants = [Variant("higher", "pitch_shift", {"semitones": 2})]
    augment_store(root, Path("data/raw"), variants, datasets=["ravdess"], features=["mel"], seed=0)
    open_store(root).variants(["ravdess"])

The copies of a shard's recordings are a shard too. They are computed again when a recording, its labels, the
variant, the seed, the families or the extractors change. Valid copies of other variants stay.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ser_features.augment import Variant, check_variants
from ser_features.engine.augmentation.plan import Request, drop_orphans, shards_of, task_for
from ser_features.engine.augmentation.work import probe_variants, run_variants
from ser_features.engine.extract import Observer
from ser_features.engine.open_store import describe
from ser_features.engine.prepare import prepare
from ser_features.engine.report import AugmentReport
from ser_features.engine.runner import Local, Runner, Work
from ser_features.engine.task import Failure, Target
from ser_features.errors import InputError
from ser_features.files import writing
from ser_features.manifest import VARIANT_MARK
from ser_features.store import Store, locks, open_or_create, open_store, read_part
from ser_features.store.write import sweep


def augment_store(
    store: Path,
    data: Path,
    variants: Sequence[Variant],
    *,
    datasets: Sequence[str],
    features: Sequence[str],
    seed: int = 0,
    workers: int | None = None,
    runner: Runner | None = None,
    observer: Observer | None = None,
) -> AugmentReport:
    """Bring the augmented copies of a store's recordings up to date: compute only what is missing.

    Args:
        store: folder of the store.
        data: the folder that the recordings were extracted from.
        variants: one copy of every recording each.
        datasets: corpora to augment.
        features: feature families to compute, a subset of those that the store holds.
        seed: the same seed draws the same parameters.
        workers: number of processes of this machine; one per core by default.
        runner: runs the tasks instead of `workers` processes, such as `cluster.Dask`.
        observer: callbacks for the progress, in recordings.

    Returns:
        Copies stored, unchanged and failed.

    Raises:
        InputError: if two variants have one name, the store lacks a corpus or a family, or the recordings are
            not below `data`.
        MissingExtraError: if a transform needs a package that is not installed.
    """
    observer = observer or Observer()
    check_variants(variants)
    opened = _open(store)
    request = Request(_target(opened, features), data, tuple(variants), seed)
    with writing("copies", store), locks.running(store) as run:
        names = opened.check(datasets)
        shards = [shard for name in names for shard in shards_of(opened, name)]
        for name in names:
            drop_orphans(opened, name)
        tasks = [task for shard in shards if (task := task_for(shard, request))]
        run.share()
        todo = sum(len(task.compute) for task in tasks)
        observer.on_copies(todo, sum(len(shard.rows) for shard in shards) - todo)
        stored = 0
        work = Work(run_variants, probe_variants, partial(prepare, opened.profile, request.target.families))
        for summary in (runner or Local(workers)).run(tasks, work, observer.on_progress):
            stored += summary.stored
        if run.try_exclusive():
            sweep(store)
    made = {variant.name for variant in variants}
    held = sum(_count(shard.copies, made) for shard in shards)
    return AugmentReport(stored, held - stored, _failures(opened, names, made))


def _open(root: Path) -> Store:
    """The store, which must be of this version's extractors."""
    stored = open_store(root)
    return open_or_create(root, describe(stored.profile, stored.families))


def _target(store: Store, features: Sequence[str]) -> Target:
    chosen = tuple(name for name in store.families if name in features)
    if lacking := [name for name in features if name not in chosen]:
        raise InputError(store.lacks(repr(lacking[0]), lacking[0]))
    if not chosen:
        raise InputError(f"no family named: expected some of {', '.join(store.families)}")
    return Target.of(store.root, store.profile, chosen)


def _count(copies: Path, variants: set[str]) -> int:
    """Rows of these variants in a table of copies, which exists unless no copy was ever requested."""
    if not copies.is_file():
        return 0
    return sum(name in variants for name in read_part(copies, ["variant"])["variant"].to_pylist())


def _failures(store: Store, datasets: Sequence[str], variants: set[str]) -> list[Failure]:
    """Copies of these variants that could not be computed, sorted by file_id."""
    rows = store.failures(datasets).to_pylist()
    failures = (Failure.of(row) for row in rows if row["stage"] == "augment")
    requested = (failure for failure in failures if failure.file_id.rpartition(VARIANT_MARK)[2] in variants)
    return sorted(requested, key=lambda failure: failure.file_id)
