"""The framing of a Keras model, from its data and the arguments of `fit`."""

from __future__ import annotations

from typing import Any

from lstm_lab.common.typed import NotNegative, Positive, typed
from lstm_lab.framing.schedule import Slots
from lstm_lab.inspecting.models import recurrent_layers
from lstm_lab.inspecting.slots.framings import report
from lstm_lab.inspecting.slots.judging import Framing
from lstm_lab.inspecting.slots.lags import checked, stride_of
from lstm_lab.inspecting.slots.lags import lag as measured
from lstm_lab.inspecting.slots.layout import Layout, Resets

KERAS_BATCH = 32  # samples in a batch of `fit`, if nothing else is said

DROPPED = (
    "Keras' fit on JAX drops the state of a stateful layer after each batch. Call state.carry(model) before, or train "
    "with lstm_lab.fit(…, reset='epoch')."
)


@typed
def framing_of(
    model: Any,
    x: Any,
    y: Any,
    *,
    batch_size: Positive | None = None,
    shuffle: bool = True,
    reset: Resets | None = None,
    lag: NotNegative | None = None,
    slots: Slots = "dealt",
) -> Framing:
    """Which targets get the value that they need if a Keras model is trained by `fit`; nothing is trained here.

    model       a built Keras model with one input, one output and a recurrent layer; it says whether state is carried
    x, y        the arrays of `fit`: x [samples, steps, …], y [samples, …], or [samples, steps, …] for a model that
                answers at each step. Samples that do not overlap are taken for pieces that follow each other
    batch_size  as for `fit`; None: the model's own, or 32
    shuffle     as for `fit`, where it is True if nothing else is said
    reset       when state is reset: "batch", "epoch" (as state.ResetState(every="epoch") does) or "never"; None: as
                `fit` does by itself, which never resets the state of a stateful layer
    lag         how many steps back the value is that a target needs; None: as `inspecting.lag(x, y)` measures it
    slots       how the samples are laid out: "dealt", as they are; "runs": if you rearrange them so that each slot gets
                consecutive ones

    Raises ValueError for another model, for x and y that do not fit it or each other, and where no lag can be measured.
    """
    stateful, each_step, drops = _asked_of(model)
    x, y = checked(x, y, each_step)
    steps, stride, setup = _steps(model, x.shape[1]), stride_of(x), ""
    if lag is None:
        found = measured(x, y, each_step=each_step)
        if found.best is None:
            raise ValueError(
                f"lag is not given, and no lookup table on the last {len(found.alone)} inputs predicts y better than "
                "chance: give the lag; inspecting.lag(x, y) shows the tables"
            )
        lag = found.best
        table = max(found.alone[lag], found.up_to[lag], key=lambda share: share.estimate)
        setup = (
            f"The lag is {lag}, as measured: a lookup table is right about {table.estimate:.1%} of the targets, and "
            f"chance about {found.chance.estimate:.1%}. "
        )
    if stride == steps > 1:
        setup += "Samples do not overlap: they are taken for pieces that follow each other. "
    layout = Layout(
        samples=len(x),
        batch_size=_batch_size(model, batch_size),
        steps=steps,
        stateful=stateful,
        shuffle=shuffle,
        reset="batch" if drops else reset or ("never" if stateful else None),
        slots=slots,
        stride=stride,
        each_step=each_step,
        lag=lag,
    )
    return report(layout, setup, (DROPPED,) if drops else ())


def _asked_of(model: Any) -> tuple[bool, bool, bool]:
    """Whether the model is stateful, whether it answers at each step, and whether `fit` drops its state.

    ValueError for a model that cannot be judged.
    """
    from lstm_lab import state

    stateful = any(layer.stateful for layer in recurrent_layers(model, "one can be judged"))
    return stateful, len(model.outputs[0].shape) > 2, stateful and not state.carries(model)


def _batch_size(model: Any, given: int | None) -> int:
    fixed = model.inputs[0].shape[0]
    if fixed and given and fixed != given:
        raise ValueError(f"batch_size is {given}: the model is built for batches of {fixed}, use that")
    return fixed or given or KERAS_BATCH


def _steps(model: Any, given: int) -> int:
    wanted = model.inputs[0].shape[1]
    if wanted and wanted != given:
        raise ValueError(f"x has {given} time steps: the model takes {wanted}")
    return given
