"""0635 · Shapes people ask about: recordings, sentences, a long table.

Question   What does each proposed shape hold, and on which earlier values can an answer depend?
Source     alphabet tutorial, readers' questions and the answers they got
Shapes     1000 recordings × 500 frames × 13 · 2000 sentences × 3 words × 5 · 5000 rows × 2
Look at    one time step in a sample: no answer depends on the frame before, whatever the batch size
"""

import numpy as np

from lstm_lab import Lesson, main, models, probes
from lstm_lab.datasets import series
from lstm_lab.suite.draws import stream


def recordings(settings):
    """Name → shape: two proposed shapes of the recordings, then the right one."""
    num, frames = settings.recordings, settings.frames
    return {"one_step_each": (num, 1, 13), "step_per_frame": (num * frames, 1, 13), "whole": (num, frames, 13)}


def words_whole(steps, features):
    """How many words lie within one time step: there are 2000 sentences of 3 words of 5 numbers."""
    step = np.arange(2000 * 3 * 5) // features
    return int((np.ptp(step.reshape(6000, 5), axis=1) == 0).sum()), 6000


QUESTIONS = {"_hold": "all numbers there?", "_look_back": "steps before known?", "_words_whole": "words in one step?"}


def show(settings):
    for name, shape in recordings(settings).items():
        yield f"recordings_{name}: {shape}"
    for name, (part, whole) in measures(settings, stream(0, "data")).items():
        end = next(end for end in QUESTIONS if name.endswith(end))
        answer = "yes" if part > 0.9 * whole else "no"  # the first step of a sequence has no step before it
        yield f"{name.removesuffix(end)}: {QUESTIONS[end]} {answer}, {part:,} of {whole:,}"


def measures(settings, rng):
    numbers = settings.recordings * settings.frames * 13
    few = rng.normal(size=(settings.tried, settings.frames, 13)).astype(np.float32)
    rows = rng.normal(size=(5000, 2)).astype(np.float32)
    network = models.lstm_regressor(settings.units, return_sequences=True)
    return {f"recordings_{name}_hold": (int(np.prod(s)), numbers) for name, s in recordings(settings).items()} | {
        "recordings_step_per_frame_look_back": probes.looks_back(network, few.reshape(-1, 1, 13), rng),
        "recordings_whole_look_back": probes.looks_back(network, few, rng),
        "sentences_2000_3_5_words_whole": words_whole(3, 5),
        "sentences_2000_5_3_words_whole": words_whole(5, 3),
        "rows_5000_1_2_look_back": probes.looks_back(network, rows[:, None], rng),
        "rows_1_5000_2_look_back": probes.looks_back(network, rows[None], rng),
        "rows_25_200_2_look_back": probes.looks_back(network, series.pieces(rows, 200), rng),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
