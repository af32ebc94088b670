"""The notebook: its code runs from an empty folder, and what is stored in it is what that code gives."""

import re
from importlib.util import find_spec

import pytest

if missing := [name for name in ("nbformat", "nbclient", "ipykernel") if find_spec(name) is None]:
    pytest.skip(
        f"no {missing[0]}, so the notebook is not run: pip install 'ser-toolkit[test]'",
        allow_module_level=True,
    )

from notebooks.run import NOTEBOOK, code, digest, execute, read

LARGEST = 600_000
"""Bytes that a code-hosting page shows at once without complaint."""


@pytest.fixture(scope="module")
def stored():
    """The notebook as it stands in the project."""
    return read()


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The same notebook, run from a folder that holds nothing."""
    return execute(read(), tmp_path_factory.mktemp("notebook"))


def outputs(notebook):
    return [output for cell in code(notebook) for output in cell.outputs]


def printed(notebook) -> str:
    """Everything that is text: prints and tables."""
    return "\n".join(
        str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
        for output in outputs(notebook)
    )


def kinds(notebook) -> list[list[str]]:
    """The formats that each cell puts out."""
    return [
        [kind for output in cell.outputs for kind in sorted(output.get("data", {output.output_type: ""}))]
        for cell in code(notebook)
    ]


def test_it_runs_from_nothing(executed):
    runs = {words[0]: words[1:] for words in map(str.split, printed(executed).splitlines()) if words}
    assert [runs[name] for name in ("stored", "unchanged", "refused")] == [
        ["360", "0"],
        ["0", "360"],
        ["0", "0"],
    ]


def test_stored_outputs_are_of_the_stored_code(stored, executed):
    assert stored.metadata["ser"]["outputs_of_code"] == digest(stored), "run: python notebooks/run.py"
    assert digest(executed) == digest(stored)
    assert [cell.execution_count for cell in code(stored)] == list(range(1, len(code(stored)) + 1))
    assert kinds(stored) == kinds(executed)


def test_an_unseen_voice_is_harder_than_a_known_one(executed):
    """What the notebook is about; the figures differ a little between machines."""
    row = next(line for line in printed(executed).splitlines() if line.startswith("logistic regression"))
    unseen, random, _ = map(float, row.split()[-3:])
    assert 1 / 6 < unseen < random < 1


def test_stored_outputs_can_be_shown_anywhere(stored):
    assert any("image/png" in output.get("data", {}) for output in outputs(stored))
    for output in outputs(stored):
        assert output.output_type in ("stream", "display_data", "execute_result")
        assert output.get("name", "stdout") == "stdout"
        assert set(output.get("data", {})) <= {"image/png", "text/plain", "text/html"}
    assert NOTEBOOK.stat().st_size < LARGEST


def test_no_path_of_a_machine_is_stored():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert not re.findall(r"(?:/(?:home|root|tmp|work|usr|Users|var)/|[A-Z]:\\\\)[\w.-]+", text)


def test_synthetic_speech_is_named_where_its_figures_stand(stored):
    assert "synthetic" in stored.cells[0].source
    drawn = [cell.source for cell in code(stored) if "plt.show()" in cell.source]
    assert drawn
    assert all("synthetic speech" in source for source in drawn)
