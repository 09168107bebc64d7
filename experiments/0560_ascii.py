"""0560 · ASCII text as one-hot rows, and back.

Question   Can any ASCII text be coded without reading it first, and does decoding restore it?
Source     book, chapter on preparing data, extensions
Shapes     text of n characters → one-hot [n, 128] → text
Look at    how many of the 128 features a text uses; coded over its own characters only, its rows are shorter
"""

import numpy as np

from lstm_lab import Lesson, main, preparing


def show(settings):
    rows = preparing.text.encode(settings.text)
    for character, row in zip(settings.text[:8], rows, strict=False):
        yield f"{character!r} → 1.0 at {row.argmax()} of {len(row)}"
    yield f"decoded: {preparing.text.decode(rows)!r}"
    own = preparing.Categories.of(list(settings.text)).one_hot(list(settings.text))
    yield f"over all of ASCII {rows.shape}, over its own characters {own.shape}"


def measures(settings, rng):
    everything = "".join(map(chr, range(128)))
    back = preparing.text.decode(preparing.text.encode(everything))
    drawn = "".join(map(chr, rng.integers(0, 128, size=10_000)))
    again = preparing.text.decode(preparing.text.encode(drawn))
    used = np.unique(list(settings.text)).size
    return {
        "every_character_back": (sum(a == b for a, b in zip(everything, back, strict=True)), 128),
        "random_text_back": (sum(a == b for a, b in zip(drawn, again, strict=True)), len(drawn)),
        "features_used": (int(used), 128),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
