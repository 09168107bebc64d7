"""0194 · Sine wave, carried: one value at a time, and state from one value to the next.

Question   Can a stateful network that is given one value at a time continue a wave from its own answers?
Source     alphabet tutorial, a reader who gives a trained network one value of a sine wave and then its own answers
Shapes     x [400 samples, 1 time step, 1 feature] float32 · y [400, 1, 1] float32: the next value; reset each epoch
Look at    `error_from_one_value`, the reader's case, beside `error_warmed_up`, for which two periods are given first
"""

import numpy as np

from lstm_lab import Experiment, framing, main, models, probes, schedule


def wave(settings, values, phase=0.0):
    """A wave and the value after each: float32 [values], [values]."""
    series = np.sin(2 * np.pi * (np.arange(values + 1) / settings.period + phase))
    return series[:-1].astype(np.float32), series[1:].astype(np.float32)


def pieces(settings, rng):
    """The wave cut into pieces of `steps` values, in order, with a target for each value."""
    x, y = (values.reshape(-1, settings.steps, 1) for values in wave(settings, settings.values))
    return framing.Framed(x, y)


def errors(asked):
    """Root mean square errors: given every value; or given one value, or two periods, and then its own answers."""
    settings = asked.settings
    ahead, warm = int(settings.periods_ahead * settings.period), int(2 * settings.period)

    def error(given, count, phase=0.0):
        x, y = wave(settings, count, phase)
        said, state = [], None
        for place in range(count):
            value = x[place] if place < given else said[-1]
            outputs, state = asked.predictor(np.array([[[value]]], np.float32), state if asked.order.carries else None)
            said.append(float(outputs.ravel()[0]))
        return probes.Measure(float(np.sqrt(np.mean((np.array(said) - y)[-ahead:] ** 2))))

    return {
        "error_one_step_ahead": error(ahead, ahead),
        "error_from_one_value": error(1, ahead),
        "error_warmed_up": error(warm, warm + ahead),
        "error_from_another_phase": error(warm, warm + ahead, asked.rng.uniform()),
    }


experiment = Experiment(
    __file__,
    data=pieces,
    model=lambda settings: models.lstm_regressor(settings.units, stateful=settings.carry, return_sequences=True),
    order=lambda settings: schedule.in_sequence(reset="epoch" if settings.carry else "batch"),
    ask=[errors, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
