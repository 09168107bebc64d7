"""A made-up experiment with files of its own, which trains in an instant: it can be sent to other processes."""

from __future__ import annotations

from pathlib import Path

NAME = "0930_tiny"

SCRIPT = '''"""0930 · Tiny: what is sent to another process.

Question   Does it train the same there?
Look at    the measures
"""

import numpy as np

from lstm_lab import Experiment, framing, main, models, probes, schedule
from lstm_lab.datasets import Pairs


def data(settings, rng):
    """Random symbols of the file's, and as target the one `lag` steps before the last."""
    if settings.lag >= settings.steps:
        raise ValueError("lag is as long as the sample: use fewer")
    if rng.integers(100) < settings.bad:
        raise ValueError("these are bad\\nsymbols")
    codes = rng.integers(4, size=(settings.samples, settings.steps)).astype(np.int32)
    symbols = tuple(settings.content_of("data").content.decode().split())
    return framing.time_steps(Pairs(codes, codes[:, -1 - settings.lag], symbols), coding="one_hot")


def network(layers):
    return lambda settings: models.lstm_classifier(settings.units, 4, layers=layers, learning_rate=0.05)


experiment = Experiment(
    __file__,
    data=data,
    model=network(1),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.final_loss(), probes.random_order(6)],
    variants={"deep": {"model": network(2)}},
)

if __name__ == "__main__":
    main(experiment)
'''

TOML = """
title = "Tiny"
source = "nowhere"
seeds = 0

[settings]
units = { value = 3, about = "LSTM units.", least = 1 }
lag = { value = 1, about = "So many steps before the last is the target.", least = 0 }
steps = { value = 2, about = "Time steps of a sample." }
samples = { value = 8, about = "Random samples." }
bad = { value = 0, about = "So many of a hundred seeds fail." }
data = { value = "own", about = "The symbols.", file = "experiments/data/symbols.txt" }
epochs = { value = 2, about = "Passes over the samples." }
batch_size = { value = 2, about = "Samples of one update." }

[variants.deep]
about = "two layers"
"""


def checkout(folder: Path) -> Path:
    """A folder with experiments/ and configs/ of 0930_tiny."""
    (folder / "experiments" / "data").mkdir(parents=True)
    (folder / "configs").mkdir()
    (folder / "experiments" / f"{NAME}.py").write_text(SCRIPT)
    (folder / "experiments" / "data" / "symbols.txt").write_text("A B C D")
    (folder / "configs" / f"{NAME}.toml").write_text(TOML)
    return folder
