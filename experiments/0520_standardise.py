"""0520 · Standardise a series: to mean 0 and deviation 1, and back.

Question   What does standardising do to nine numbers, and does it matter which of them the scaler is fitted on?
Source     book, chapter on preparing data, section on standardising and on practical considerations
Shapes     series [9] → scaled [9] → series [9]
Look at    the mean of all nine numbers, beside the mean of the training part
"""

import tempfile
from pathlib import Path

import numpy as np

from lstm_lab import Lesson, main, preparing


def scaler(values):
    return preparing.Scaler("standardise", outside="allow").fit(values)


def loaded(fitted):
    """The scaler after its coefficients were saved to a file and loaded again."""
    with tempfile.TemporaryDirectory() as folder:
        fitted.save(Path(folder, "scaler.json"))
        return preparing.Scaler.load(Path(folder, "scaler.json"))


def show(settings):
    fitted = scaler(settings.series)
    scaled = fitted.transform(settings.series)
    yield f"fitted on all: {fitted}"
    for value, there, back in zip(settings.series, scaled, fitted.inverse(scaled), strict=True):
        yield f"{value:4g} → {there:11.8f} → {back:g}"
    yield f"fitted on the first {settings.training} only, as it must be: {scaler(settings.series[: settings.training])}"


def measures(settings, rng):
    fitted = scaler(settings.series)
    scaled = fitted.transform(settings.series)
    back = np.isclose(fitted.inverse(scaled), settings.series, rtol=1e-12)
    return {
        "mean": f"{fitted.coefficients['mean'][0]:.6f}",
        "deviation": f"{fitted.coefficients['deviation'][0]:.6f}",
        "scaled": " ".join(f"{value:.8f}" for value in scaled),
        "same_if_loaded": (int((loaded(fitted).transform(settings.series) == scaled).sum()), len(scaled)),
        "back": (int(back.sum()), len(back)),
        "mean_of_training_part": f"{scaler(settings.series[: settings.training]).coefficients['mean'][0]:.6f}",
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
