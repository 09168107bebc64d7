"""0635 · Shapes people ask about: recordings, sentences, a long table.

Question   What does each proposed shape hold, and what can an answer depend on in it?
Source     alphabet tutorial, readers' questions and the answers they got
Shapes     1000 recordings × 500 frames × 13 · 2000 sentences × 3 words × 5 · 5000 rows × 2
Look at    one time step per sample: no frame's answer depends on a frame before it, in a batch of any size
"""

import numpy as np

from lstm_lab import Lesson, models
from lstm_lab.datasets import series
from lstm_lab.experiment import stream
from lstm_lab.forward import Predictor


def looks_back(x, settings, rng):
    """Steps whose answer changes when the steps before them do, of all: x [samples, steps, features], no training."""
    network = models.lstm_regressor(settings.units, return_sequences=True)
    answer = Predictor(network, network.initial_weights(x.shape[1], x.shape[2], rng))
    even = (np.arange(x.shape[0] * x.shape[1]) % 2 == 0).reshape(*x.shape[:2], 1)
    changed = 0
    for moved in (even, ~even):  # every other step moves; the steps between can know it only from memory
        changed += int(((answer(x + moved)[0] != answer(x)[0]) & ~moved).sum())
    return changed, even.size


def recordings(settings):
    """Name → shape, for the recordings: what was asked, and what they are."""
    num, frames = settings.recordings, settings.frames
    return {"one_step_each": (num, 1, 13), "step_per_frame": (num * frames, 1, 13), "whole": (num, frames, 13)}


def words_whole(steps, features):
    """Of 2000 sentences of 3 words of 5 numbers, the words that lie in one time step."""
    step = np.arange(2000 * 3 * 5) // features
    return int((np.ptp(step.reshape(6000, 5), axis=1) == 0).sum()), 6000


def show(settings):
    found = measures(settings, stream(0, "data"))
    for name, shape in recordings(settings).items():
        yield f"recordings as {shape}: all numbers there? {said(found[f'recordings_{name}_hold'])}"
    for name in ("step_per_frame", "whole"):
        shape = recordings(settings)[name]
        yield f"recordings as {shape}: can a frame know those before? {said(found[f'recordings_{name}_look_back'])}"
    for steps, features in ((3, 5), (5, 3)):
        whole = said(found[f"sentences_2000_{steps}_{features}_words_whole"])
        yield f"sentences as {(2000, steps, features)}: each word in one time step? {whole}"
    for shape in ((5000, 1, 2), (1, 5000, 2), (25, 200, 2)):
        back = said(found["rows_{}_{}_{}_look_back".format(*shape)])
        yield f"rows as {shape}: can a row know those before? {back}"


def said(count):
    """A count as an answer; the first step of a sequence has nothing before it, so that nearly all is a yes."""
    part, whole = count
    return f"{'yes' if part > 0.9 * whole else 'no'}, {part:,} of {whole:,}"


def measures(settings, rng):
    numbers = settings.recordings * settings.frames * 13
    few = rng.normal(size=(settings.tried, settings.frames, 13)).astype(np.float32)
    rows = rng.normal(size=(5000, 2)).astype(np.float32)
    return {f"recordings_{name}_hold": (int(np.prod(s)), numbers) for name, s in recordings(settings).items()} | {
        "recordings_step_per_frame_look_back": looks_back(few.reshape(-1, 1, 13), settings, rng),
        "recordings_whole_look_back": looks_back(few, settings, rng),
        "sentences_2000_3_5_words_whole": words_whole(3, 5),
        "sentences_2000_5_3_words_whole": words_whole(5, 3),
        "rows_5000_1_2_look_back": looks_back(rows[:, None], settings, rng),
        "rows_1_5000_2_look_back": looks_back(rows[None], settings, rng),
        "rows_25_200_2_look_back": looks_back(series.pieces(rows, 200), settings, rng),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    lesson.main()
