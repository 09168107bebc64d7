"""0540 · Padding and cutting: sequences of different lengths as one array.

Question   Where are the zeros added, and which steps are cut?
Source     book, chapter on preparing data, section on sequences of varied length
Shapes     sequences of 4, 3 and 1 steps → [3, 4], or cut to [3, 2]
Look at    the last row, if padded on the right: an LSTM reads its one number first and then only zeros
"""

from lstm_lab import Lesson, main, preparing

WAYS = {
    "padded_pre": {"side": "pre"},
    "padded_post": {"side": "post"},
    "cut_pre": {"cut": "pre"},
    "cut_post": {"cut": "post"},
}


def arrays(settings):
    """Name → array, for each of the four ways to pad or cut."""
    for name, how in WAYS.items():
        length = settings.length if "cut" in how else None
        yield name, preparing.pad(settings.sequences, length, value=settings.value, **how)


def show(settings):
    yield f"sequences: {settings.sequences}"
    for name, array in arrays(settings):
        yield f"{name}:\n{array}"


def measures(settings, rng):
    return {name: str(array.tolist()) for name, array in arrays(settings)}


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
