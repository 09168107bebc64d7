"""All experiments, found by id: each has one script in experiments/ and one TOML file in configs/."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

from lstm_lab.common.files import readable
from lstm_lab.suite.experiment import Experiment, Lesson
from lstm_lab.suite.settings import MAIN, Config, read_config
from lstm_lab.suite.values import LISTED, nearest

ALL = "all"  # every experiment; behind a slash every one of a source, or every variant of one experiment
PUBLISHED = "published"
_SCRIPTS = "[0-9][0-9][0-9][0-9]_*.py"

_running: dict[str, Experiment | Lesson] = {}  # the script that was started as a program, if any


def root() -> Path:
    """The folder of the experiments: that of the running script, the current one, or the checkout.

    A folder is one if a script in its experiments/ has a TOML file of the same name in its configs/.
    """
    beside = [declared.root for declared in _running.values()]
    for folder in (*beside, Path.cwd(), Path(__file__).resolve().parents[2]):
        scripts = (folder / "experiments").glob(_SCRIPTS)
        if any((folder / "configs" / f"{script.stem}.toml").exists() for script in scripts):
            return folder
    raise ValueError(
        f"no experiments here: run from a checkout of lstm-lab, a folder with experiments/ (now {Path.cwd()})"
    )


def reference() -> Path:
    """The folder of the reference runs."""
    return root() / "results"


def register(declared: Experiment | Lesson) -> None:
    """Add a script that is already running, wherever its file is."""
    _running[declared.name] = declared


def names() -> list[str]:
    """All experiments' names, NNNN_name, in order."""
    scripts = (root() / "experiments").glob(_SCRIPTS)
    return sorted({path.stem for path in scripts} | set(_running))


def find(text: str) -> str:
    """The name for an id or a part of it: "0150", "150", "alphabet_stateful", or for the path of its script.

    ValueError suggests the nearest name.
    """
    known = names()
    if text.endswith(".py"):
        return _of_script(text, known)
    exact = [n for n in known if text in (n, n[:4], n[5:], n[:4].lstrip("0"))]
    part = exact or [n for n in known if text and (n.startswith(text) or text in n[5:])]
    if len(part) == 1:
        return part[0]
    if text in (ALL, PUBLISHED):
        raise ValueError(f"{text} stands for several experiments: one is meant here")
    if part:
        shown = ", ".join(part[:LISTED]) + f", … ({len(part)} in all)" * (len(part) > LISTED)
        whole = f", or {text}/all for a command that takes several" if text in groups() else ""
        raise ValueError(f"experiment {text!r} could be any of {shown}: write more of it{whole}")
    if "/" in text:
        id, chosen = parted(text)
        where = f"a variant: only an experiment is meant here, {id[:200]!r}"
        what = where if chosen else "no variant behind its slash: write an id such as 0150, or id/variant"
        raise ValueError(f"{text[:200]!r} names {what}")
    near = _nearest(text, known)
    meant = f"did you mean {near}?" if near else "`lstm-lab list` shows all ids"
    raise ValueError(f"experiment {text[:200]!r} is unknown: {meant}")


def _nearest(text: str, known: list[str]) -> str | None:
    """The nearest name; for a number the next one of the same hundred."""
    if text.isdecimal() and len(text) <= 4:
        hundred = [name for name in known if name[:2] == text.zfill(4)[:2]]
        return min(hundred, key=lambda name: abs(int(name[:4]) - int(text)), default=None)
    short = {alias: name for name in known for alias in (name, name[5:])}
    near = nearest(text, short)
    return None if near is None else short[near]


def _of_script(text: str, known: list[str]) -> str:
    """The name of the experiment with this script, from the current folder, the checkout or its experiments/."""
    folders = (Path.cwd(), root(), root() / "experiments")
    stem = Path(text).stem
    if stem in known and script(stem).resolve() in [(folder / text).resolve() for folder in folders]:
        return stem
    if Path(text).exists():
        raise ValueError(f"{text} is no script of {root() / 'experiments'}: start it itself, python {text}")
    near = nearest(stem, known)
    raise ValueError(f"there is no script {text[:200]}" + (f": did you mean {near}.py?" if near else ""))


def parted(text: str) -> tuple[str, str]:
    """The id and the variant of "0140/shuffled"; "" if no variant is named.

    >>> parted("./experiments/0140_alphabet_batch.py/shuffled"), parted("experiments/0140_alphabet_batch.py")
    (('./experiments/0140_alphabet_batch.py', 'shuffled'), ('experiments/0140_alphabet_batch.py', ''))
    """
    path, ending, chosen = text.rpartition(".py")  # a script's path has slashes of its own
    if ending and (not chosen or chosen.startswith("/")):
        return path + ending, chosen.removeprefix("/")
    id, _, chosen = text.partition("/")
    return id, chosen


def variant(text: str) -> tuple[str, str]:
    """The (name, variant) for "0140/shuffled"; the variant is "main" if none is named."""
    id, chosen = parted(text)
    name = find(id)
    return name, _known(name, chosen or MAIN)


def groups() -> dict[str, list[str]]:
    """The names of each source's experiments: "alphabet", "echo", "memory", "book", …"""
    found: dict[str, list[str]] = {}
    for name in names():
        found.setdefault(config(name).source.split(",")[0].removesuffix(" tutorial"), []).append(name)
    return found


def script(name: str) -> Path:
    """The path of an experiment's script."""
    return _running[name].file if name in _running else root() / "experiments" / f"{name}.py"


def config(name: str) -> Config:
    """An experiment's TOML file, without importing its script."""
    if name in _running:
        return _running[name].config
    path = root() / "configs" / f"{name}.toml"
    try:
        found = path.stat()
    except OSError:
        return read_config(path)  # it says what is wrong
    return _config(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=512)
def _config(path: Path, changed: int, size: int) -> Config:
    """A TOML file is read once, and again after it has changed."""
    return read_config(path)


def load(name: str) -> Experiment | Lesson:
    """Import a script and return what it declares."""
    return _running[name] if name in _running else load_script(script(name))


def load_script(path: Path) -> Experiment | Lesson:
    """Import the script at a path and return what it declares."""
    readable(path, "the script")  # to load a pipe would wait for ever
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
    """The names for the ids of a command line; "all", "published" and "alphabet/all" stand for several.

    variant: "published" stands for those that have it.
    """
    chosen: list[str] = []
    for text in texts:
        if text == ALL:
            chosen += names()
        elif text == PUBLISHED:
            sections = [name for name in names() if config(name).published_section]
            chosen += [name for name in sections if variant in config(name).variant_names()]
        else:
            chosen += _of_source(text) or [find(text)]
    return list(dict.fromkeys(chosen))


def _of_source(text: str) -> list[str]:
    """The names of a source's experiments for "alphabet/all"; none for any other text."""
    id, ending = parted(text)
    return groups().get(id, []) if ending == ALL and not id.isdigit() else []


def with_variants(texts: list[str], variant: str = MAIN) -> dict[str, list[str]]:
    """The same, and for each name the variants that are named with it, as in "0150/no_carried_state" or "0150/all".

    "" stands for an experiment without a variant's name.
    """
    chosen: dict[str, list[str]] = {}
    for text in texts:
        id, named = parted(text)
        if not named or _of_source(text):
            for name in select([text], variant):
                chosen.setdefault(name, []).append("")
        else:
            name = find(id)
            all_of_it = config(name).variant_names()
            chosen.setdefault(name, []).extend(all_of_it if named == ALL else [_known(name, named)])
    return {name: list(dict.fromkeys(named)) for name, named in chosen.items()}


def _known(name: str, variant: str) -> str:
    config(name).resolve(variant)  # refuses an unknown one
    return variant
