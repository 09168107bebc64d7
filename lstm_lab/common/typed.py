"""Arguments and fields checked by their annotations: a value of another type is refused by name, in one line.

    int    a whole number; Annotated[int, 1]: 1 or more;         float  a finite number
           Annotated[int, 1, 9]: 1 to 9
    bool   True or False                                        str    a text
    Literal[…]  one of the choices                              np.random.Generator  that, or what draws like it
    a class  an object of it                                    list[…], tuple[…, …], Sequence[…], Callable, X | None

A parameter without an annotation, or with `Any`, is not looked at. A wrong number of arguments is Python's TypeError.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache, wraps
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import is_number, is_whole, shown

Function = TypeVar("Function", bound=Callable)
Positive = Annotated[int, 1]  # 1 or more
NotNegative = Annotated[int, 0]  # 0 or more
_WORDS: dict[Any, str] = {
    int: "a whole number",
    float: "a finite number",
    bool: "True or False",
    str: "a text",
    NoneType: "None",
    np.ndarray: "a NumPy array",
    np.random.Generator: "a NumPy generator, as np.random.default_rng(seed) makes it",
}


def typed(function: Function) -> Function:
    """A function that first checks its arguments by their annotations.

    >>> @typed
    ... def repeated(text: str, times: Positive = 2):
    ...     return times * text
    >>> repeated("ab", 0)
    Traceback (most recent call last):
    ValueError: times is 0: need a whole number, 1 or more
    """
    signature = inspect.signature(function)
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    checked = {name for name, parameter in signature.parameters.items() if parameter.kind not in several}

    @wraps(function)
    def call(*args, **kwargs):
        kinds, bound = _kinds(function), signature.bind(*args, **kwargs)
        for name, value in bound.arguments.items():
            if name in checked and name in kinds:
                bound.arguments[name] = _checked(name, value, kinds[name])
        return function(*bound.args, **bound.kwargs)

    return call  # type: ignore[return-value]


def check_fields(made: Any, whole: Any = int) -> None:
    """ValueError for the first field of a dataclass's object that is not what its annotation says.

    whole: what `int` stands for, for example `Positive`
    """
    kinds = _kinds(type(made))  # type: ignore[arg-type]
    for field in fields(made):
        kind, value = whole if kinds[field.name] is int else kinds[field.name], getattr(made, field.name)
        checked = _checked(f"{type(made).__name__}.{field.name}", value, kind)
        if checked is not value:
            object.__setattr__(made, field.name, checked)


@cache
def _kinds(annotated: Any) -> dict[str, Any]:
    return get_type_hints(annotated, include_extras=True)


def _checked(name: str, value, kind):
    """The value, a number as Python's own: products of NumPy's integers wrap round, and fractions have no sine.

    An array is a plain one, without a mask.
    """
    if not _fits(value, kind):
        verb = "use" if get_origin(kind) is Literal else "need"
        raise ValueError(f"{name} is {shown(value)}: {verb} {_words(kind)}")
    if kind is Any:
        return value
    if isinstance(value, np.ndarray):  # a masked one is refused: the numbers under its mask would come out
        return numbers(name, value, "")
    if not isinstance(value, Real) or isinstance(value, bool | int | float):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def _fits(value, kind) -> bool:
    origin, parts = get_origin(kind), get_args(kind)
    if kind is Any or isinstance(kind, TypeVar):
        return True
    if origin is Annotated:
        return is_whole(value, parts[1]) and all(value <= most for most in parts[2:])
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is Literal:
        return any(type(value) is type(part) and value == part for part in parts)
    if kind is int:
        return isinstance(value, Integral) and not isinstance(value, bool)
    if kind is float:
        return is_number(value)
    if kind is bool:
        return isinstance(value, bool | np.bool_)
    if kind is np.random.Generator:
        return not isinstance(value, type) and hasattr(value, "integers")
    if origin in (list, tuple, Sequence, Iterable):
        if isinstance(value, str | bytes) or not isinstance(value, (list, tuple) if origin is list else origin):
            return False
        return origin is Iterable or all(_fits(item, parts[0]) for item in value)
    if kind in (Sequence, Iterable) and isinstance(value, str | bytes):
        return False
    return isinstance(value, kind if origin is None else origin)


def _words(kind) -> str:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return f"a whole number, {parts[1]} {f'to {parts[2]}' if parts[2:] else 'or more'}"
    if origin is Literal or origin in (Union, UnionType):
        said = [part if isinstance(part, str) else _words(part) for part in parts]
        others = ", ".join(said[:-1])
        return f"{others}{', or ' if '1 or more' in others else ' or '}{said[-1]}" if others else said[-1]
    if (origin or kind) in (list, tuple, Sequence, Iterable):
        items = f" of {_items(parts[0])}" if parts and parts[0] is not Any else ""
        return f"a {'tuple' if (origin or kind) is tuple else 'list'}{items}"
    if origin is Callable or kind is Callable:
        return "a function"
    if kind is Mapping or origin is Mapping:
        return "a dictionary"
    return _WORDS.get(kind) or f"a {kind.__name__}"


def _items(kind) -> str:
    return _words(kind).removeprefix("a ").split(",")[0] + "s"
