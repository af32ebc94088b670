"""Values that a shell offers after a flag: names, artifacts, the corpora of a store.

typed so far → one of these → what begins with it

They run at every press of the tabulator, so none imports more than the standard library.

>>> profiles("sp")
['speech16k', 'speech16k-fast']
>>> corpora("r")
['ravdess']
"""

from collections.abc import Iterable
from pathlib import Path

MODELS = (
    "mlp",
    "cnn_lstm",
    "xgboost",
    "logistic",
    "bone_conducted_transformer",
    "fusion_cnn_bilstm",
    "attention_cnn_bilstm",
    "chunked_conv3d",
    "ridge",
    "kernel_ridge",
    "ridge_ssl",
    "fisher_vectors",
    "xgboost_functionals",
    "crnn",
    "ensemble",
    "best",
)
"""Every model; the registry itself imports numpy, and a test holds the two together."""

FAMILIES = (
    "core",
    "statistics",
    "functionals",
    "ssl_pooled",
    "mel",
    "mfcc",
    "pitch",
    "chroma",
    "contrast",
    "tonnetz",
    "ssl",
)
"""Every feature family, likewise."""

PROTOCOLS = ("honest", "paper")


def corpora(incomplete: str) -> list[str]:
    """Corpora that are known by name, and tables in reach."""
    from ser_features.corpora import names

    return [*_beginning(names(), incomplete), *_files(incomplete, ".csv")]


def published(incomplete: str) -> list[str]:
    """Corpora that are recordings of people, to be downloaded."""
    from ser_features.corpora import names

    return _beginning([name for name in names() if name != "demo"], incomplete)


def known(incomplete: str) -> list[str]:
    """Corpora that are known by name."""
    from ser_features.corpora import names

    return _beginning(names(), incomplete)


def stored(ctx: object, incomplete: str) -> list[str]:
    """Corpora of the store that the line names, or that is used by default."""
    root = Path(str(getattr(ctx, "params", {}).get("store") or "data/store"))
    partitions = root.glob("files/dataset=*")
    return _beginning(sorted(path.name.partition("=")[2] for path in partitions), incomplete)


def models(incomplete: str) -> list[str]:
    """Models that can be trained."""
    return _beginning(MODELS, incomplete)


def features(incomplete: str) -> list[str]:
    """Families of features."""
    return _beginning(FAMILIES, incomplete)


def profiles(incomplete: str) -> list[str]:
    """Profiles of features."""
    from ser_features.config import PROFILES

    return _beginning(PROFILES, incomplete)


def recipes(incomplete: str) -> list[str]:
    """Published systems, and recipes of one's own in reach."""
    from ser_models.recipes import names

    return [*_beginning(names(), incomplete), *_files(incomplete, ".toml")]


def protocols(incomplete: str) -> list[str]:
    """Protocols of a recipe."""
    return _beginning(PROTOCOLS, incomplete)


def artifacts(incomplete: str) -> list[str]:
    """Folders of trained models below the folder that is typed, and below artifacts/."""
    typed = incomplete.rpartition("/")[0]
    parents = dict.fromkeys([Path(typed or "."), Path("artifacts")])
    found = [card.parent for parent in parents for card in sorted(parent.glob("*/artifact.json"))]
    return _beginning([str(folder) for folder in dict.fromkeys(found)], incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _files(incomplete: str, suffix: str) -> list[str]:
    parent = Path(incomplete.rpartition("/")[0] or ".")
    return _beginning([str(path) for path in sorted(parent.glob(f"*{suffix}"))], incomplete)
