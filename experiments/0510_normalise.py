"""0510 · Normalise a series: to the range 0 to 1, and back.

Question   What does normalising do to 10, 20, … 100, and to a value outside the range of the training data?
Source     book, chapter on preparing data, section on normalising
Shapes     series [10] → scaled [10] → series [10]
Look at    the value outside the range of the training data: it is refused, unless `outside` says what to do with it
"""

import numpy as np

from lstm_lab import Lesson, main, preparing


def scaler(settings, outside="refuse"):
    return preparing.Scaler("normalise", settings.low, settings.high, outside).fit(settings.series)


def outcome(settings, outside):
    """The new value after scaling, or the reason why it is refused."""
    try:
        return f"{scaler(settings, outside).transform([settings.new])[0]:.4f}"
    except ValueError as error:
        return f"refused: {error}"


def show(settings):
    scaled = scaler(settings).transform(settings.series)
    yield f"fitted on the training data: {scaler(settings)}"
    for value, there, back in zip(settings.series, scaled, scaler(settings).inverse(scaled), strict=True):
        yield f"{value:6g} → {there:.8f} → {back:g}"
    for outside in ("refuse", "clip", "allow"):
        yield f"{settings.new:g}, {outside}: {outcome(settings, outside)}"


def measures(settings, rng):
    fitted = scaler(settings)
    scaled = fitted.transform(settings.series)
    back = np.isclose(fitted.inverse(scaled), settings.series, rtol=1e-12)
    return {
        "coefficients": str(fitted),
        "scaled": " ".join(f"{value:.4f}" for value in scaled),
        "back": (int(back.sum()), len(back)),
        "new_clipped": outcome(settings, "clip"),
        "new_allowed": outcome(settings, "allow"),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
