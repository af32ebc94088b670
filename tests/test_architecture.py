"""The structure of the code is as drawn: no circle of files or of packages, few files at the root."""

import ast

import pytest

pytest.importorskip("grimp", reason="no grimp: pip install 'ser-toolkit[test]'")

from docs.scripts import floors

LAYERS = ("ser_features", "ser_models", "ser_cli")


@pytest.fixture(scope="module")
def imports() -> floors.Imports:
    return floors.file_imports()


def test_no_circle_of_files(imports):
    assert not floors.circle(imports)


def test_no_circle_of_packages(imports):
    between = floors.rooms(imports)
    names = floors.circle(between)
    assert not names, f"{' → '.join(names)}: {floors.path_of(imports, names)}"
    print(floors.report(between))  # noqa: T201


def test_packages_import_from_below_only(imports):
    order = {name: number for number, name in enumerate(LAYERS)}
    upward = [
        f"{module} → {other}"
        for module, imported in imports.items()
        for other in imported
        if order[other.split(".")[0]] > order[module.split(".")[0]]
    ]
    assert not upward


def test_picture_shows_the_imports_of_today():
    assert floors.PICTURE.read_text(encoding="utf-8") == floors.drawing(), "run python docs/scripts/floors.py"


def test_root_of_ser_models_has_five_files_at_most():
    assert len(list((floors.ROOT / "ser_models").glob("*.py"))) <= 5


@pytest.mark.parametrize("package", ["ser_features", "ser_models"])
def test_every_package_draws_its_data_flow(package):
    for path in (floors.ROOT / package).rglob("__init__.py"):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert "→" in text, f"{path.relative_to(floors.ROOT)}: no data flow in its docstring"
