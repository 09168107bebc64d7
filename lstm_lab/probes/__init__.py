"""Probes ask a trained network something and count its answers.

A probe sees a predictor, `(inputs, state) → (probabilities, state)`, whichever trainer made it. Counts are
(right, asked), never a bare percentage, and come with two baselines computed from the data: chance, and the best a
guesser without memory can do: the most common target, in the training samples, of the last step's input alone.
"""

from lstm_lab.probes.answers import (
    answer,
    count,
    fresh_sequences,
    in_order,
    later_error,
    on,
    over_variance,
    random_order,
    rounded,
    squared_error,
    unseen,
)
from lstm_lab.probes.asked import SHOWN, Asked, Measure, Probe
from lstm_lab.probes.baselines import lookup_table
from lstm_lab.probes.inside import epochs_to_learn, final_loss, kernel_unmoved, side_by_side
from lstm_lab.probes.memory import state_use, step_by_step
from lstm_lab.probes.reach import cost_of_truncation, looks_back, reach_of_gradient
from lstm_lab.probes.stepping import LayerStates, Stepped, read_text, some_text, step_through
from lstm_lab.probes.walks import cold_start, walk, warmed_up

__all__ = [
    "SHOWN",
    "Asked",
    "LayerStates",
    "Measure",
    "Probe",
    "Stepped",
    "answer",
    "cold_start",
    "cost_of_truncation",
    "count",
    "epochs_to_learn",
    "final_loss",
    "fresh_sequences",
    "in_order",
    "kernel_unmoved",
    "later_error",
    "looks_back",
    "lookup_table",
    "on",
    "over_variance",
    "random_order",
    "reach_of_gradient",
    "read_text",
    "rounded",
    "side_by_side",
    "some_text",
    "squared_error",
    "state_use",
    "step_by_step",
    "step_through",
    "unseen",
    "walk",
    "warmed_up",
]
