"""A made-up experiment and lesson in a folder of their own, and runs written by hand: nothing here trains."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

from lstm_lab.judging.measures import Count, Number, Text
from lstm_lab.suite.results import Record, Store
from lstm_lab.suite.settings import MAIN, Config, read_config

LESSON = '''"""0910 · Coin: how often it is heads.

Question   Is a coin fair?
           Or is it not?
Look at    the heads
"""

from lstm_lab import Lesson, main

lesson = Lesson(
    __file__,
    show=lambda settings: [f"{settings.throws} throws [heads, tails]"],
    measures=lambda settings, rng: {"heads": (int(rng.integers(2, size=settings.throws).sum()), settings.throws)},
)

if __name__ == "__main__":
    main(lesson)
'''

LESSON_TOML = """
title = "Coin"
source = "nowhere"
kind = "lesson"

[settings]
throws = { value = 10, about = "How often the coin is thrown.", least = 0 }

[smoke]
throws = 2
"""

EXPERIMENT_TOML = """
title = "Guess"
source = "somewhere"
published_section = true
{extra}

[settings]
units = {{ value = 4, about = "LSTM units.", least = 1 }}
epochs = {{ value = 10, about = "Passes over the samples." }}

[published.right]
right = 9
asked = 10

[variants.deaf]
about = "hears nothing"
set = {{ units = 1 }}
{tables}
"""


def claim(condition: str, threshold: str = "chosen: nearly all") -> str:
    """A claim on 0900_guess, as a TOML file states it; the threshold only where the condition has a number."""
    origin = f'threshold = "{threshold}"' if condition.startswith("at ") else ""
    return f"""
[[claims]]
words = "it guesses nearly all right"
source = "somewhere"
measure = "right"
condition = "{condition}"
{origin}
control = "deaf"
"""


def checkout(folder: Path, extra: str = "", tables: str = "") -> Path:
    """A folder with experiments/ and configs/ of 0900_guess (an experiment) and 0910_coin (a lesson)."""
    for name in ("experiments", "configs"):
        (folder / name).mkdir()
    (folder / "experiments" / "0910_coin.py").write_text(LESSON)
    (folder / "configs" / "0910_coin.toml").write_text(LESSON_TOML)
    (folder / "experiments" / "0900_guess.py").write_text('"""0900 · Guess.\n\nQuestion   Can it guess?\n"""\n')
    (folder / "configs" / "0900_guess.toml").write_text(EXPERIMENT_TOML.format(extra=extra, tables=tables))
    return folder


def guess(folder: Path) -> Config:
    """The made-up experiment's TOML file."""
    return read_config(folder / "configs" / "0900_guess.toml")


def record(config: Config, seed: int, variant: str = MAIN, trainer: str = "compiled", **changes) -> Record:
    """One run of 0900_guess under its present settings."""
    settings = config.resolve(variant)
    made = {
        "experiment": "0900_guess",
        "config": config.hash(settings),
        "variant": variant,
        "trainer": trainer,
        "start": "literal" if trainer == "keras" else "scheduled",
        "seed": seed,
        "measures": {"right": Count(9, 10), "said": Text("AB"), "loss": Number(0.5)},
        "chance": {"right": 1.0},
        "lookup_table": {"right": 5},
        "seconds": 0.25,
        "settings": settings.recorded(),
        "provenance": {"versions": {"numpy": "2.0"}, "device": "cpu", "date": "2026-01-01"},
    }
    return made | changes


def write(root: Path, records: list[Record], history=None) -> Store:
    """Append runs to 0900_guess in a results folder."""
    store = Store(root, "0900_guess")
    with store.writing() as writer:
        for each in records:
            writer.append(each, history)
    return store


def line(content: dict) -> str:
    """A line of a file of runs, with the check of whatever it says."""
    body = json.dumps(content)[:-1]
    return f'{body},"check":"{zlib.crc32(body.encode()):08x}"}}\n'


def rights(config: Config, counts: list[int], variant: str = MAIN, **changes) -> list[Record]:
    """Runs of seeds 0, 1, … with these counts right out of ten."""
    return [
        record(config, seed, variant, **changes) | {"measures": {"right": Count(count, 10)}}
        for seed, count in enumerate(counts)
    ]
