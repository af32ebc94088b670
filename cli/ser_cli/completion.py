"""Shell completion of option values: names of corpora, models, features and recipes, paths of artifacts.

incomplete word → candidates → those that begin with it

Completion runs at every press of the tab key, so no function imports numpy or another large package.

>>> profiles("sp")
['speech16k', 'speech16k-compiled', 'speech16k-fast', 'speech16k-raw']
>>> corpora("r")
['ravdess']
"""

from collections.abc import Iterable
from pathlib import Path


def corpora(incomplete: str) -> list[str]:
    """Built-in corpora, and CSV manifests in the typed folder."""
    from ser_features.corpora import names

    return [*_beginning(names(), incomplete), *_files(incomplete, ".csv"), *_files(incomplete, ".tsv")]


def published(incomplete: str) -> list[str]:
    """Corpora of human speech, for `ser download`."""
    from ser_features.corpora import names

    return _beginning([name for name in names() if name != "demo"], incomplete)


def corpus_names(incomplete: str) -> list[str]:
    """Built-in corpora."""
    from ser_features.corpora import names

    return _beginning(names(), incomplete)


def stored(ctx: object, incomplete: str) -> list[str]:
    """Corpora of the store that --store names, or of the default store."""
    root = Path(str(getattr(ctx, "params", {}).get("store") or "data/store"))
    partitions = root.glob("files/dataset=*")
    return _beginning(sorted(path.name.partition("=")[2] for path in partitions), incomplete)


def models(incomplete: str) -> list[str]:
    """Names of the models."""
    from ser_models.models import MODELS

    return _beginning(MODELS, incomplete)


def features(incomplete: str) -> list[str]:
    """Names of the features that can be stored."""
    from ser_features.extractors import FAMILIES

    return _beginning(FAMILIES, incomplete)


def profiles(incomplete: str) -> list[str]:
    """Names of the feature profiles."""
    from ser_features.config import PROFILES

    return _beginning(PROFILES, incomplete)


def recipes(incomplete: str) -> list[str]:
    """Built-in recipes, and .toml files in the typed folder."""
    from ser_models.recipes import names

    return [*_beginning(names(), incomplete), *_files(incomplete, ".toml")]


def artifacts(incomplete: str) -> list[str]:
    """Folders of trained models in the typed folder and in artifacts/, and the built-in one."""
    typed = incomplete.rpartition("/")[0]
    parents = dict.fromkeys([Path(typed or "."), Path("artifacts")])
    folders = [path.parent for parent in parents for path in sorted(parent.glob("*/artifact.json"))]
    return _beginning([*(str(folder) for folder in dict.fromkeys(folders)), "builtin"], incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _files(incomplete: str, suffix: str) -> list[str]:
    parent = Path(incomplete.rpartition("/")[0] or ".")
    return _beginning([str(path) for path in sorted(parent.glob(f"*{suffix}"))], incomplete)
