"""The installed packages that a result depends on.

>>> sorted(set(versions()) - set(PACKAGES))
[]
"""

from importlib import metadata

PACKAGES = (
    "ser-toolkit",
    "numpy",
    "scikit-learn",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "onnx",
    "onnxruntime",
    "xgboost",
    "xgboost-cpu",
)
"""Packages whose versions are recorded with every result."""


def versions() -> dict[str, str]:
    """Return the installed versions of `PACKAGES` by name; packages that are not installed are left out."""
    installed = {}
    for package in PACKAGES:
        try:
            installed[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return installed
