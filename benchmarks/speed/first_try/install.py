"""`ser` from a wheel of this checkout, in an environment of its own."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[3]
EXTRAS = "app,serve"


def wheel(folder: Path) -> Path:
    """Build the wheel of this checkout in `folder`."""
    _pip(Path(sys.executable), "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("ser_toolkit-*.whl"))


def install(package: Path, folder: Path) -> Path:
    """Install the wheel, with `EXTRAS`, into a new environment; return its `ser`."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    _pip(python, "install", "-c", str(ROOT / "constraints.txt"), f"{package}[{EXTRAS}]")
    return python.with_name("ser")


def _pip(python: Path, *words: str) -> None:
    subprocess.run([python, "-m", "pip", "--quiet", *words], check=True)
