"""A new experiment that begins as a copy of another: its script and its TOML file.

What is the original's own is left out: its published figures, claims, answer and source, and which runs are recorded.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from lstm_lab.common.files import locked
from lstm_lab.suite import catalogue
from lstm_lab.suite.settings import read_config

ORIGINALS_OWN = (
    "title",
    "source",
    "answer",
    "published_section",
    "published",
    "claims",
    "revision",
    "seeds",
    "variant_seeds",
    "keras_seeds",
    "keras1_seeds",
    "cell_seeds",
    "long",
)


def copy(origin: str, id: str, name: str | None = None, folder: Path | None = None) -> list[Path]:
    """Copy an experiment to folder/experiments and folder/configs, and return the files that are made.

    origin  the name of the original
    id      four digits that no experiment has
    name    small letters, digits and underscores; None: "my_" and the original's name, with a number if that is taken
    folder  None: that of the original

    Raises ValueError for an id or a name that is taken or has another form, and for a folder that cannot be written.
    No file is written over.
    """
    home = catalogue.root() if folder is None else folder
    try:
        with locked(next(each for each in (home, *home.parents) if each.is_dir())):
            return _copied(origin, id, name, home)
    except BlockingIOError:
        raise ValueError(f"{home}: another experiment is being copied there; try again") from None


def _copied(origin: str, id: str, name: str | None, home: Path) -> list[Path]:
    name = _unused(f"my_{origin[5:]}", home) if name is None else name
    _check(id, name, home)
    toml = catalogue.config(origin).path
    title = name.replace("_", " ").capitalize()
    source = f"own, a copy of {origin}"
    made = {
        home / "experiments" / f"{id}_{name}.py": _script(catalogue.script(origin), f"{id} · {title}", source),
        home / "configs" / f"{id}_{name}.toml": _toml(toml, title, source),
    }
    for setting in catalogue.config(origin).settings.values():
        if setting.file is not None and not (home / setting.file).exists():
            made[home / setting.file] = (catalogue.root() / setting.file).read_text(encoding="utf-8")
    _write(made)
    try:
        read_config(home / "configs" / f"{id}_{name}.toml")
    except ValueError:  # it drew or limited the variant keras1, which only a published section has
        _remove(made)
        raise
    return list(made)


def _check(id: str, name: str, home: Path) -> None:
    if not re.fullmatch(r"[0-9]{4}", id):
        raise ValueError(f"id is {id[:200]!r}: write four digits, such as {_free(home)}")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
        raise ValueError(
            f"name is {name[:200]!r}: write small letters, digits and _, a letter first and at most 60, as my_alphabet"
        )
    for other in _taken(home):
        if other[:4] == id:
            raise ValueError(f"id {id} is that of {other}: write another, such as {_free(home)}")
        if other[5:] == name:
            raise ValueError(f"name {name!r} is that of {other}: write another, such as {_unused(name, home)}")


def _taken(home: Path) -> list[str]:
    """The names of the experiments of this checkout and of the folder, and of TOML files without a script."""
    files = [*home.glob("experiments/[0-9]*.py"), *home.glob("configs/[0-9]*.toml")]
    return sorted({*catalogue.names(), *(path.stem for path in files)})


def _unused(name: str, home: Path) -> str:
    names = {other[5:] for other in _taken(home)}
    several = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
    return next(each for each in several if each not in names)


def _free(home: Path) -> str:
    ids = {name[:4] for name in _taken(home)}
    return next((each for each in map("{:04}".format, [*range(901, 10000), *range(1, 901)]) if each not in ids), "none")


def _script(path: Path, title: str, source: str) -> str:
    """The script with another first line and another source in its docstring."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'\A""".*?(?=\n\n|""")', f'"""{title}.', text, flags=re.DOTALL)
    return re.sub(r"^(Source +).*\n(?: {2,}.*\n)*", lambda found: f"{found[1]}{source}\n", text, count=1, flags=re.M)


def _toml(path: Path, title: str, source: str) -> str:
    """The TOML file without what is the original's own. Its comments stay with what they stand above."""
    text = path.read_text(encoding="utf-8")
    wanted = {key: value for key, value in tomllib.loads(text).items() if key not in ORIGINALS_OWN}
    begin = f'title = "{title}"\nsource = "{source}"\nseeds = 0  # of the reference runs in results/: there are none\n'
    kept, table = [begin], ""
    for comment, statement in _statements(text):
        (key,) = tomllib.loads(statement)
        if statement.startswith("["):
            table = key
        if (table or key) not in ORIGINALS_OWN:
            kept.append(comment + statement)
    copied = "".join(kept)
    if tomllib.loads(copied) != wanted | tomllib.loads(begin):
        raise ValueError(f"{path.name} cannot be copied: write its published figures and claims as tables of their own")
    return copied


_LAST_LINE = re.compile(r"""\"{3}|'{3}|[\]}]""")  # a statement of several lines ends in one with one of these


def _statements(text: str) -> Iterator[tuple[str, str]]:
    """Each header and each name = value, however many lines it has, with the empty lines and comments above it."""
    above = statement = ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        if not statement and (not line.strip() or line.lstrip().startswith("#")):
            above += line
            continue
        inside, statement = bool(statement), statement + line
        if inside and not _LAST_LINE.search(line):  # to read on at each line would take the square of the time
            continue
        try:
            tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # it goes on in the next line
        yield above, statement
        above = statement = ""


def _write(files: dict[Path, str]) -> None:
    """Write new files, all of them or none; ValueError where one is there already or cannot be written."""
    made: list[Path] = []
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8") as file:
                made.append(path)
                file.write(text)
    except OSError as error:
        _remove(made)
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None


def _remove(files: Iterable[Path]) -> None:
    for path in files:
        path.unlink()
