"""All experiments, found by id: each has one script in experiments/ and one TOML file in configs/."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from lstm_lab.suite.experiment import Experiment, Lesson
from lstm_lab.suite.settings import MAIN, Config, read_config
from lstm_lab.suite.values import suggest

_running: dict[str, Experiment | Lesson] = {}  # the script that was started as a program, if any


def root() -> Path:
    """The folder with experiments/ and configs/: that of the running script, the current one, or the checkout."""
    beside = [declared.root for declared in _running.values()]
    for folder in (*beside, Path.cwd(), Path(__file__).resolve().parents[2]):
        if (folder / "experiments").is_dir() and (folder / "configs").is_dir():
            return folder
    raise ValueError(
        f"no experiments here: run from a checkout of lstm-lab, a folder with experiments/ (now {Path.cwd()})"
    )


def register(declared: Experiment | Lesson) -> None:
    """Add a script that is already running, wherever its file is."""
    _running[declared.name] = declared


def names() -> list[str]:
    """All experiments' names, NNNN_name, in order."""
    scripts = (root() / "experiments").glob("[0-9][0-9][0-9][0-9]_*.py")
    return sorted({path.stem for path in scripts} | set(_running))


def find(text: str) -> str:
    """The name for an id or a part of it: "0150", "150", "alphabet_stateful". ValueError suggests the nearest name."""
    known = names()
    exact = [n for n in known if text in (n, n[:4], n[5:], n[:4].lstrip("0"))]
    part = exact or [n for n in known if text and (n.startswith(text) or text in n[5:])]
    if len(part) == 1:
        return part[0]
    if part:
        raise ValueError(f"experiment {text!r} could be any of {', '.join(part)}: write more of it")
    short = {alias: n for n in known for alias in (n, n[:4], n[5:])}
    near = suggest(text, list(short))
    if near.startswith("did you mean"):
        meant = short[near.removeprefix("did you mean ").rstrip("?")]
        raise ValueError(f"experiment {text!r} is unknown: did you mean {meant}?")
    raise ValueError(f"experiment {text!r} is unknown: `lstm-lab list` shows all ids")


def variant(text: str) -> tuple[str, str]:
    """The (name, variant) for "0140/shuffled"; the variant is "main" if none is named."""
    id, _, chosen = text.partition("/")
    name = find(id)
    config(name).resolve(chosen or MAIN)  # refuses an unknown variant
    return name, chosen or MAIN


def script(name: str) -> Path:
    """The path of an experiment's script."""
    return _running[name].file if name in _running else root() / "experiments" / f"{name}.py"


def config(name: str) -> Config:
    """An experiment's TOML file, without importing its script."""
    if name in _running:
        return _running[name].config
    return read_config(root() / "configs" / f"{name}.toml")


def load(name: str) -> Experiment | Lesson:
    """Import a script and return what it declares."""
    return _running[name] if name in _running else load_script(script(name))


def load_script(path: Path) -> Experiment | Lesson:
    """Import the script at a path and return what it declares."""
    spec = importlib.util.spec_from_file_location(f"lstm_lab_experiment_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for attribute in ("experiment", "lesson"):
        if hasattr(module, attribute):
            return getattr(module, attribute)
    raise ValueError(f"{path.name} declares neither `experiment` nor `lesson`")


def select(texts: list[str], variant: str = MAIN) -> list[str]:
    """The names for the ids of a command line; "all" and "published" stand for several.

    variant: "published" stands for those that have it.
    """
    chosen: list[str] = []
    for text in texts:
        if text == "all":
            chosen += names()
        elif text == "published":
            sections = [name for name in names() if config(name).published_section]
            chosen += [name for name in sections if variant in config(name).variant_names()]
        else:
            chosen.append(find(text))
    return list(dict.fromkeys(chosen))
