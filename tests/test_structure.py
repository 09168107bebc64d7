"""The shape of the house: data flows one way, what is light stays light, and scripts stay short."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "lstm_lab"
# Each may import what stands before it.
ORDER = [
    "common",
    "preparing",
    "datasets",
    "framing",
    "layers",
    "state",
    "models",
    "trainers",
    "judging",
    "inspecting",
    "probes",
    "suite",
    "report",
    "cli",
]
HEAVY = {"keras", "tensorflow", "jax", "pandas", "scipy", "sklearn", "matplotlib"}


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def imports(path):
    """The dotted names in lstm_lab that a file imports, anywhere in it, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.startswith("lstm_lab."))


def imported_files(path):
    """The files of lstm_lab that a file imports, or from which it imports a name."""
    for name in imports(path):
        for place in (name, name.rpartition(".")[0]):
            file = ROOT / (place.replace(".", "/") + ".py")
            if file.exists():
                yield file


def test_every_part_has_its_place_in_the_order():
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert parts - {"__init__"} == set(ORDER)
    assert 12 <= len(ORDER) <= 15


@pytest.mark.parametrize("part", ORDER)
def test_nothing_imports_what_stands_to_its_right(part):
    files = [PACKAGE / f"{part}.py"] if (PACKAGE / f"{part}.py").exists() else (PACKAGE / part).rglob("*.py")
    right = set(ORDER[ORDER.index(part) + 1 :])
    assert not {name.split(".")[1] for path in files for name in imports(path)} & right


def test_no_files_import_each_other_in_a_circle():
    order = TopologicalSorter({file: set(imported_files(file)) for file in FILES}).static_order()
    assert set(order) == set(FILES)  # a circle raises CycleError, which names its files


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_can_be_held_in_mind(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) < 300


def test_listing_experiments_imports_nothing_heavy():
    parts = ["cli.commands", "cli.inspect", "inspecting.slots", "probes", "suite.experiment"]
    loaded = f"import sys, {', '.join(f'lstm_lab.{part}' for part in parts)}; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(modules)


@pytest.mark.parametrize("script", sorted((ROOT / "experiments").glob("[0-9]*.py")), ids=lambda path: path.stem)
def test_a_script_is_short_and_says_what_it_asks(script):
    text = script.read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    assert len(text.splitlines()) <= 60
    assert said.startswith(f"{script.stem[:4]} · ")
    assert all(heading in said for heading in ("Question", "Source", "Shapes", "Look at"))
    assert (ROOT / "configs" / f"{script.stem}.toml").exists()


def test_no_configuration_is_left_without_its_script():
    scripts = {path.stem for path in (ROOT / "experiments").glob("[0-9]*.py")}
    assert {path.stem for path in (ROOT / "configs").glob("[0-9]*.toml")} == scripts
