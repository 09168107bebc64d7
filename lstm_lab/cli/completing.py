"""What a shell offers at TAB: ids, variants and settings. It reads TOML files only, and nothing that trains.

`lstm-lab --install-completion` makes the shell ask.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import typer

from lstm_lab.suite import catalogue
from lstm_lab.suite.settings import Config


def _offered(find: Callable[[typer.Context, str], Iterator[str]]) -> Callable:
    """All that is found, of which typer offers those that begin as what is typed; none where a file cannot be read."""

    @wraps(find)
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            return list(find(ctx, incomplete))
        except (ValueError, OSError):
            return []

    return complete


@_offered
def ids(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Names, or with a slash behind one its variants."""
    half = _half_written(ctx)
    id, variant = catalogue.parted(incomplete)
    if half is not None:
        for config in _configs(ctx):
            yield from _values(config, half)
    elif variant or incomplete.endswith("/"):
        yield from (f"{id}/{each}" for each in [*_config(id).variant_names(), catalogue.ALL])
    else:
        yield from catalogue.names()
        yield from (name[5:] for name in catalogue.names())


@_offered
def several_ids(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """The same, and the words for several experiments."""
    yield from ids(ctx, incomplete)
    if _half_written(ctx) is None:
        yield from (catalogue.ALL, catalogue.PUBLISHED)


@_offered
def variants(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """The variants of the experiments that are named already."""
    for config in _configs(ctx):
        yield from config.variant_names()
    if "variants" in ctx.params:  # a command that takes several
        yield catalogue.ALL


@_offered
def settings(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """The settings of the experiments that are named already, as name= and with their values."""
    for config in _configs(ctx):
        for name in config.settings:
            yield f"{name}="
            yield from (f"{name}={value}" for value in _values(config, name))


def _configs(ctx: typer.Context) -> list[Config]:
    # Behind an option that has no value yet, typer leaves all words in `args`.
    texts = ctx.params.get("ids") or ([ctx.params["id"]] if ctx.params.get("id") else ctx.args)
    return [_config(catalogue.parted(text)[0]) for text in texts if text != "="]


def _config(text: str) -> Config:
    return catalogue.config(catalogue.find(text))


def _values(config: Config, name: str) -> Iterator[str]:
    """Values of a setting that need no quotes in a shell: those it may have, or the one it has."""
    if name in config.settings:
        setting = config.settings[name]
        known: list[Any] = setting.choices or ([True, False] if isinstance(setting.value, bool) else [setting.value])
        texts = (value if isinstance(value, str) else json.dumps(value) for value in known)
        yield from (text for text in texts if re.fullmatch(r"[\w.+-]+", text))


def _half_written(ctx: typer.Context) -> str | None:
    """The name of the setting whose value is being typed, where a shell takes the = of name=value for a word."""
    assignments: list[str] = ctx.params.get("assignments") or []
    return assignments[-1] if assignments and "=" not in assignments[-1] else None
