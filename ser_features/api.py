"""`ser extract` and `ser store` as one Python call each.

names of corpora, paths as text or `Path` → `extract` → engine → `ExtractReport`
path of a store → `read_store` → `Store`
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Literal

from ser_features import notebook
from ser_features.arguments import Names, Natural, PathLike, Positive, checked, names_of
from ser_features.augment import SPEED_PERTURBATIONS
from ser_features.augment import rooms as copies_in_rooms
from ser_features.config import Channel, EncoderConfig
from ser_features.config import profile as find_profile
from ser_features.engine import ExtractReport, Observer, augment_store, extract_corpora
from ser_features.engine.augmentation.plan import without_copies
from ser_features.engine.runner import Local, Runner
from ser_features.errors import InputError
from ser_features.extractors.encoder import configure
from ser_features.store import Store, layout, open_store

Executor = Literal["local", "dask"]
Pooling = Literal["mean", "mean_std"]


@checked
def extract(
    datasets: Names,
    *,
    data: PathLike = "data/raw",
    store: PathLike = "data/store",
    profile: str | None = None,
    features: Names | None = None,
    encoder: PathLike | None = None,
    encoder_layer: int | None = None,
    encoder_pooling: Pooling | None = None,
    emotions: Mapping[str, str] | None = None,
    labels: PathLike | None = None,
    root: PathLike | None = None,
    executor: Executor = "local",
    scheduler: str | None = None,
    workers: Positive | None = None,
    limit: Positive | None = None,
    speed_perturb: bool = False,
    rooms: Natural = 0,
    keep_missing: bool = False,
    channel: Channel | None = None,
    observer: Observer | None = None,
) -> ExtractReport:
    """Bring a feature store up to date with corpora: compute what is missing or changed, remove what is gone.

    Args:
        datasets: names of corpora such as "ravdess", or paths of own tables (*.csv, folders …); one or
            several.
        data: folder with one folder per corpus.
        store: folder of the store, created if it does not exist; or s3://bucket/prefix.
        profile: name of the feature configuration. Default: that of the store; speech16k-compiled for a new
            one.
        features: feature families to store. Default: those of the store; core, mel, mfcc and pitch for a new
            one.
        encoder: folder of a pretrained encoder for the family ssl. Default: that of the store.
        encoder_layer: index of the hidden states: 0 is the input of the first layer, -1 the last layer
            (default).
        encoder_pooling: pooling of the hidden states over time: "mean" (default), or "mean_std" for mean and
            standard deviation.
        emotions: word that replaces a word of an own table, such as {"fru": "angry"}.
        labels: "as-is" to keep the words of own tables, "none" for tables without emotions, whose recordings
            are stored as unknown, or the path of a TOML file of words and their labels; by default the usual
            spellings and synonyms are joined, which the report's notes say.
        root: folder that relative paths of own tables are below; by default that of each table.
        executor: "local" for processes of this machine, "dask" for a Dask cluster.
        scheduler: address of a running Dask cluster, such as "tcp://head:8786". Default: a cluster of this
            machine's own with `workers` processes.
        workers: number of processes. Default: one per core.
        limit: maximum number of recordings per corpus, evenly spread.
        speed_perturb: whether to store a slower and a faster copy of every recording too (0.9 and 1.1 of the
            speed), with all families of the store.
        rooms: number of copies of every recording to store in other rooms and through other channels, with
            all families of the store.
        keep_missing: whether rows stay whose recordings are gone from the corpus or its table. By default
            they are removed; rows of refused recordings are removed in any case.
        channel: of recordings with several: "mix" of those with sound, "left" or "right" alone, or "each"
            for a row per channel, `file_id@1` for the first. Default: that of the store's profile, the mix
            for a new one.
        observer: callbacks for the progress. Default: a bar in a notebook, nothing elsewhere.

    Returns:
        Recordings stored, unchanged, refused and left out; its `copies` has the result for the copies.

    Raises:
        InputError: if a corpus is not found, the store has another profile, options exclude each other, or
            an argument is of another type.
        MissingExtraError: if Dask or the encoder's packages are needed and not installed.
    """
    folder = layout.store_root(store)
    chosen = _encoder(encoder, encoder_layer, encoder_pooling)
    observer = observer or _bar()
    with _runner(executor, scheduler, workers) as runner:
        report = extract_corpora(
            names_of(datasets),
            data=Path(data),
            store=folder,
            profile=find_profile(profile) if profile else None,
            features=names_of(features or ()) or None,
            encoder=chosen,
            emotions=emotions,
            labels=labels,
            root=None if root is None else Path(root),
            runner=runner,
            limit=limit,
            keep_missing=keep_missing,
            channel=channel,
            observer=observer,
        )
        if speed_perturb or rooms:
            opened = open_store(folder)
            report.copies = augment_store(
                folder,
                Path(data),
                (*(SPEED_PERTURBATIONS if speed_perturb else ()), *copies_in_rooms(rooms)),
                datasets=sorted({dataset for dataset, _ in report.counts}),
                features=opened.families,
                runner=runner,
                observer=observer,
            )
        else:
            report.corpus_notes += _lacking_copies(open_store(folder), report)
    return report


@checked
def read_store(store: PathLike = "data/store") -> Store:
    """Open a feature store.

    Args:
        store: its folder; or s3://bucket/prefix.

    Returns:
        `files()` gives its rows as a pandas table, `frames(rows, "mel")` the frames of some of them.

    Raises:
        InputError: if there is no store.
    """
    return open_store(layout.store_root(store))


def _bar() -> Observer | None:
    """Progress in a notebook; None elsewhere."""
    if not notebook.is_running():
        return None
    bar = notebook.Bar("extracting")

    def begin(todo: int, unchanged: int) -> None:
        bar.begin(todo)

    return Observer(begin, lambda finished, failed: bar.reach(finished, f"{failed} failed"), begin)


def _lacking_copies(store: Store, report: ExtractReport) -> list[str]:
    """Notes on corpora of which some recordings have augmented copies and others do not."""
    copied = set(layout.datasets(store.root, "variants")).intersection(name for name, _ in report.counts)
    lacking = {name: without_copies(store, name) for name in sorted(copied)}
    return [
        f"{name}: {count} recordings are new or changed and have no augmented copies, as others have: "
        "add --speed-perturb or --rooms as before"
        for name, count in lacking.items()
        if count
    ]


def _encoder(folder: PathLike | None, layer: int | None, pooling: Pooling | None) -> EncoderConfig | None:
    """Configuration of the encoder; None for that of the store."""
    if folder:
        return configure(Path(folder), -1 if layer is None else layer, pooling or "mean")
    if layer is not None or pooling:
        raise InputError("--encoder-layer and --encoder-pooling describe an encoder: add --encoder FOLDER")
    return None


def _runner(executor: Executor, scheduler: str | None, workers: int | None) -> AbstractContextManager[Runner]:
    """Runner of the executor, for the duration of a `with` block."""
    if executor == "local":
        if scheduler is not None:
            raise InputError("--scheduler is Dask's, and the executor is local: add --executor dask")
        return nullcontext(Local(workers))
    if scheduler is not None and workers is not None:
        raise InputError(
            "--workers and --scheduler: a running cluster has the workers that it has: leave one of them out"
        )
    from ser_features.engine.connect import connect  # reads the source of the whole package

    return connect(scheduler, workers)
