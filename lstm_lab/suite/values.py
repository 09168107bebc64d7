"""A setting as a TOML file declares it, and the resolved settings of one run.

A wrong name, type or value is one line that says what is allowed.
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Iterable
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)

from lstm_lab.common.checks import listed, shown
from lstm_lab.common.files import FileContent, read_file
from lstm_lab.judging.claims import Strict

LISTED = 20  # names in one line of an error

_BOUNDS = {
    "least": (operator.ge, "{} or more"),
    "most": (operator.le, "{} or less"),
    "above": (operator.gt, "more than {}"),
    "shortest": (operator.ge, "a length of {} or more"),
    "longest": (operator.le, "a length of {} or less"),
}


class Setting(Strict):
    """One entry of `[settings]`. Its type is the type of its value. Bounds and choices hold for each item of a list.

    about              one or two sentences for a learner; `lstm-lab show` prints them
    least, most        the smallest and the largest allowed value; above: allowed values are larger than this one.
                       A bound is a number or the name of another setting
    shortest, longest  bounds of the length of a text or a list
    file               the file in the checkout that `value` stands for; any other value is a path. A script reads it
                       with `settings.content_of`
    """

    value: Any
    about: str = Field(pattern=r"^\S.*\.$")
    least: int | float | str | None = None
    most: int | float | str | None = None
    above: int | float | str | None = None
    shortest: int | None = None
    longest: int | None = None
    choices: list[Any] = Field(default=[])
    file: str | None = None

    @field_validator("value")
    @classmethod
    def _can_be_recorded(cls, value: Any) -> Any:
        if wrong := [item for item in _items(value) if not isinstance(item, bool | int | float | str)]:
            kind = type(wrong[0]).__name__
            raise ValueError(f"it should be a number, a text, true or false, or a list of them, not a {kind}")
        return value

    @model_validator(mode="after")
    def _file_is_named_by_a_text(self) -> Setting:
        if self.file is not None and not isinstance(self.value, str):
            raise ValueError(f"its value is {shown(self.value)}: a setting with a file needs a text")
        return self

    def bounds(self) -> dict[str, Any]:
        """The bounds that are set: {"least": 0, "most": "lag"}."""
        return {bound: limit for bound in _BOUNDS if (limit := getattr(self, bound)) is not None}

    def allowed(self) -> str:
        """Its choices and bounds in words; "" if it has none."""
        bounds = (_BOUNDS[bound][1].format(limit) for bound, limit in self.bounds().items())
        return ", ".join([*map(str, self.choices), *bounds])

    def refuse(self, name: str, values: dict[str, Any]) -> None:
        """ValueError if the value of this name among all resolved values is out of bounds or not one of the choices."""
        value = values[name]
        for bound, limit in self.bounds().items():
            if isinstance(limit, str) and limit not in values:
                raise ValueError(
                    f"setting {name} has {bound} = {shown(limit)}, unknown: {suggest(limit, list(values))}"
                )
            number = values[limit] if isinstance(limit, str) else limit
            within, words = _BOUNDS[bound]
            try:
                measured = [len(value)] if bound in ("shortest", "longest") else _items(value)
                out = [item for item in measured if not within(item, number)]
            except TypeError:
                raise ValueError(f"setting {name} is {shown(value)}: {bound} = {limit} is no bound for that") from None
            if out:
                meant = f", the value of {limit}" if isinstance(limit, str) else ""
                raise ValueError(f"setting {name} is {shown(value)}: use {words.format(number)}{meant}")
        for item in _items(value):
            if isinstance(item, str) and item.encode("utf-8", "ignore").decode() != item:
                raise ValueError(f"setting {name} is {shown(item)}: it cannot be recorded; use letters of UTF-8")
            if self.choices and item not in self.choices:
                raise ValueError(f"setting {name} is {shown(item)}: use one of {listed(self.choices)}")


class Settings(BaseModel):
    """The resolved settings of one run; attributes are the names in the TOML file's `[settings]`.

    epochs and batch_size mean the same everywhere; they are recorded only if the TOML file declares them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    declared: ClassVar[dict[str, Setting]] = {}
    _root: ClassVar[Path] = Path()  # the checkout
    _contents: dict[tuple[str, str], FileContent] = PrivateAttr(default_factory=dict)

    epochs: int = Field(default=1, ge=1)
    batch_size: int = Field(default=1, ge=1)

    def __getattr__(self, name: str) -> Any:  # for the type checker: fields are declared by TOML files
        return super().__getattr__(name)  # type: ignore[misc]

    def recorded(self) -> dict[str, Any]:
        """Name → value of the settings that the TOML file declares. They are recorded with a run and hashed."""
        given = self.model_dump(exclude_unset=True)
        return {name: given[name] for name in self.declared} | given  # in the order of the TOML file

    def replace(self, **changes) -> Settings:
        """A copy with some values changed, checked like the original; it reads no file again."""
        replaced = build(type(self), {**self.recorded(), **changes})
        replaced._contents = self._contents
        return replaced

    def content_of(self, name: str) -> FileContent:
        """The file that a setting names. It is read once: the same bytes are trained on and hashed.

        ValueError where there is none. The value that the TOML file has stands for the checkout's own file, and is
        never looked for in the current folder.
        """
        value, setting = getattr(self, name), self.declared[name]
        if (name, value) not in self._contents:
            own = setting.file is not None and value == setting.value
            self._contents[name, value] = read_file(self._root / str(setting.file) if own else value, name)
        return self._contents[name, value]

    def contents(self) -> dict[tuple[str, str], FileContent]:
        """Every file that a setting names, by (setting, value)."""
        for name, setting in self.declared.items():
            if setting.file is not None:
                self.content_of(name)
        return dict(self._contents)

    def give(self, contents: dict[tuple[str, str], FileContent]) -> None:
        """Take files as they were read elsewhere, in the place of those here."""
        self._contents.update(contents)


def nearest(wrong: str, names: Iterable[str]) -> str | None:
    """The name that somebody meant: the same in other capitals, nearly the same letters, or the only one that begins
    with these letters or is a whole word of them (as in hidden_units for units). None if no name is so near.
    """
    folded = {name.casefold(): name for name in names}
    wrong = wrong.casefold()
    alike = difflib.get_close_matches(wrong, folded, n=1, cutoff=0.75)
    if len(wrong) > 2 and not alike:
        words = re.split(r"[\W_]+", wrong)
        alike = [name for name in folded if name.startswith(wrong)] or [name for name in folded if name in words]
    return folded[alike[0]] if len(alike) == 1 else None


def suggest(wrong: str, names: Iterable[str]) -> str:
    """ "did you mean …?" if a name is near, otherwise a list of the names, of long lists the first twenty."""
    names = list(names)
    if near := nearest(wrong, names):
        return f"did you mean {near}?"
    return f"use one of {listed(names[:LISTED])}" + f", … ({len(names)} in all)" * (len(names) > LISTED)


def _kind(value: Any) -> Any:
    """The type of a setting's value, items of lists included; a list that is not empty must stay so."""
    if isinstance(value, list) and value:
        item = int | float if any(isinstance(each, float) for each in value) else _kind(value[0])
        return Annotated[list[item], Field(min_length=1)]  # type: ignore[valid-type]
    return type(value)


def _items(value: Any) -> list[Any]:
    """The items of a list, also of lists within it; for any other value, the value itself."""
    return [item for each in value for item in _items(each)] if isinstance(value, list) else [value]


def declare(settings: dict[str, Setting], root: Path) -> type[Settings]:
    """The class of the resolved settings that a `[settings]` table declares; root: the checkout, with its files."""
    for name in settings:
        own = hasattr(Settings, name) and name not in Settings.model_fields
        if own or not name.isidentifier() or name.startswith("_") or iskeyword(name):
            raise ValueError(f"setting {shown(name)} cannot be called so: use letters, digits and _, as in batch_size")
    fields: dict[str, Any] = {
        name: (_kind(setting.value), ...) for name, setting in settings.items() if name not in Settings.model_fields
    }
    model = create_model("Settings", __base__=Settings, **fields)
    model.declared, model._root = settings, root
    return model


def typed(model: type[Settings], values: dict[str, Any]) -> Settings:
    """The values as settings, whatever their bounds; ValueError in one line for the first of a wrong type."""
    try:
        return model(**values)
    except ValidationError as error:
        raise ValueError(one_line(error, model)) from None


def build(model: type[Settings], values: dict[str, Any]) -> Settings:
    """The values as settings; ValueError in one line for the first wrong one."""
    settings = typed(model, values)
    for name, setting in settings.declared.items():
        setting.refuse(name, settings.recorded())
    return settings


_PLAIN = (  # of pydantic's words
    (r"a valid integer.*", "a whole number"),
    (r"a valid number.*", "a number"),
    (r"a valid boolean.*", "true or false"),
    (r"a valid string", "a text"),
    (r"a valid list", "a list"),
    (r"greater than or equal to (\S+)", r"\1 or more"),
    (r"less than or equal to (\S+)", r"\1 or less"),
    (r"greater than (\S+)", r"more than \1"),
    (r"[Ii]nput should be", "it should be"),
)


def plain_words(message: str) -> str:
    """What pydantic says, as we say it.

    >>> plain_words("Input should be greater than or equal to 1")
    'it should be 1 or more'
    """
    for theirs, ours in _PLAIN:
        message = re.sub(theirs, ours, message)
    return message


def one_line(error: ValidationError, model: type[BaseModel]) -> str:
    """The first error in one line: the setting or claim, its value, and what is allowed."""
    first = error.errors()[0]
    place, within = list(first["loc"]), ""
    if place[:1] == ["claims"] and len(place) > 1:
        within, place = f"claim {int(place[1]) + 1}: ", place[2:]
    name = ".".join(map(str, place))
    if first["type"] == "extra_forbidden":
        return f"{within}setting {shown(name)} is unknown: {suggest(name, list(model.model_fields))}"
    if first["type"] == "missing":
        return f"{within}setting {name!r} is missing"
    message = first["msg"].removeprefix("Value error, ")
    if isinstance(first["input"], dict):  # a whole table: the message says what is wrong in it
        return f"{within}{name}{': ' * bool(name)}{message}"
    message = plain_words(message[:1].lower() + message[1:])
    return f"{within}{f'setting {name}' if name else 'it'} is {shown(first['input'])}: {message}"
