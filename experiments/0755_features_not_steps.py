"""0755 · Several features do not change the model's kind.

Question   Do temperature and pressure, two features of one time step, have two separate states, as the source says?
Source     book, chapter 5, cardinality from time steps, not features
Shapes     x [1 sample, 1 time step, 2 features] temperature, pressure · y [1, 2] both one step later · state (h, c)
Look at    how many numbers of the state change if only the pressure is changed; and whether the forecast of the
           temperature changes too
"""

import numpy as np
from rich.table import Table

from lstm_lab import Lesson, main, models
from lstm_lab.models.predictor import Predictor


def asked(units, features, rng):
    """A one-to-one network with random weights, as a predictor: (x, state) → (forecast, state)."""
    network = models.lstm_regressor(units, outputs=features)
    return Predictor(network, network.initial_weights(1, features, rng))


def moved(before, after):
    """(How many numbers differ, how many there are)."""
    return int((before != after).sum()), before.size


def pressure_changed(settings, rng):
    """Two runs with different pressures at the first step: the states after it, and the forecasts of a second step."""
    predictor = asked(settings.units, 2, rng)
    given = np.array([[settings.temperature, settings.pressure]], np.float32)[None]
    changed = given + np.array([0, settings.change], np.float32)
    first, second = predictor(given), predictor(changed)
    later = predictor(given, first[1])[0], predictor(given, second[1])[0]
    return first[1][0], second[1][0], later


def measures(settings, rng):
    (h, c), (other_h, other_c), (before, after) = pressure_changed(settings, rng)
    return {
        "state_moved_by_pressure": moved(np.hstack([h, c]), np.hstack([other_h, other_c])),
        "later_temperature_moved_by_pressure": moved(before[:, :1], after[:, :1]),
    }


def show(settings):
    (h, _), (other, _), later = pressure_changed(settings, np.random.default_rng(0))
    state = Table("unit", "h", "h, other pressure", title="one state for both features")
    for unit, (a, b) in enumerate(zip(h[0], other[0], strict=True)):
        state.add_row(str(unit), f"{a:.5f}", f"{b:.5f}")
    forecast = Table("forecast", "before", "after", title="a step later, from the same input and that state")
    for name, a, b in zip(("temperature", "pressure"), later[0][0], later[1][0], strict=True):
        forecast.add_row(name, f"{a:.5f}", f"{b:.5f}")
    return [state, forecast]


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
