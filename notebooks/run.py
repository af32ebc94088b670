"""Run the notebook in an empty folder and store its outputs: `python notebooks/run.py`.

tour.ipynb → outputs cleared → `execute` (its own kernel, an empty folder) → `tidy` → tour.ipynb

The digest of the code is stored with the outputs, so that a test detects a change of one without the other.
"""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOK = Path(__file__).with_name("tour.ipynb")
SECONDS = 300
"""Time limit of a cell."""


def read() -> NotebookNode:
    """The notebook as it is stored."""
    return nbformat.read(NOTEBOOK, as_version=4)


def code(notebook: NotebookNode) -> list[NotebookNode]:
    """Its cells of code, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def digest(notebook: NotebookNode) -> str:
    """SHA-256 of its code, in hexadecimal."""
    return hashlib.sha256("\0".join(cell.source for cell in code(notebook)).encode()).hexdigest()


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run all cells from the first, with `folder` as working folder; raises what a cell raises."""
    for cell in code(notebook):
        cell.outputs, cell.execution_count = [], None
    resources = {"metadata": {"path": str(folder)}}
    return NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=resources).execute()


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Remove timestamps and system metadata, and store the digest of the code."""
    for cell in notebook.cells:
        cell.metadata = {}
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "ser": {"outputs_of_code": digest(notebook)},
    }
    return notebook


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        nbformat.write(tidy(execute(read(), Path(folder))), NOTEBOOK)
