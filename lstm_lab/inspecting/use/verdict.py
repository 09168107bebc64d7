"""What the tests of a network's state say together, in words: the one place with the rule.

The first of these that is true is the verdict. "Beyond doubt": the whole 95 % interval lies on that side.

    no better than chance      its answers are not, beyond doubt, right more often than the same answer to everything:
                               the commonest class, or the mean
    a clock                    it counts steps. Given random inputs, beyond doubt, the place in the sequence explains
                               more than half of its answers and the state after other inputs, as many, changes fewer
                               than half; or a zero state changes more than half and that state at most one in twenty.
                               And another sequence's state at the same step changes at most one in twenty
    no evidence of memory      all earlier steps together do not, beyond doubt, make more of its answers right
    uses its sample; carried state adds nothing
                               earlier steps do, but state from before the sample does not, beyond doubt, or none is
                               carried
    remembers, but only with the resets of training
                               state from before the sample does; served without resets, fewer than nineteen of twenty
                               of its answers stay the same
    remembers                  state from before the sample does, and served without resets it answers as before

A test that could not be made shows nothing. What is not beyond doubt is said with its figures, not as "the same".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstm_lab.inspecting.use.found import Found
from lstm_lab.judging.measures import percent
from lstm_lab.judging.statistics import Interval

KINDS = (CHANCE, CLOCK, NOTHING, SAMPLE, TRAINED, REMEMBERS) = (
    "no better than chance",
    "a clock",
    "no evidence of memory",
    "uses its sample; carried state adds nothing",
    "remembers, but only with the resets of training",
    "remembers",
)
NAMED = 3  # inputs that a sentence lists
EQUAL = 0.005  # how right: what is closer looks the same on the page


@dataclass(frozen=True)
class Verdict:
    """kind: one of KINDS · because: what was seen, in sentences."""

    kind: str
    because: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join((f"{self.kind[0].upper()}{self.kind[1:]}.", *self.because))


def judge(use: Found) -> Verdict:
    """The verdict on what the tests found."""
    if not use.right.low > use.chance:
        return Verdict(CHANCE, (_score(use),))
    if _counts(use) and not _sequences_differ(use):
        return Verdict(CLOCK, (*_clock(use),))
    across = use.resets is not None and use.resets.adds.low > 0
    if not across and not (use.warm_up is not None and use.warm_up.adds.low > 0):
        return Verdict(NOTHING, (*_nothing(use),))
    if not across:
        return Verdict(SAMPLE, (*_inputs(use), *_resets(use), *_table(use), *_served(use)))
    changed = use.served is not None and use.served.differs is not None
    return Verdict(TRAINED if changed else REMEMBERS, (*_inputs(use), *_resets(use), *_table(use), *_served(use)))


def _counts(use: Found) -> bool:
    """Whether, given random inputs, its state matters and says no more than how many there were."""
    clock = use.clock
    if clock is None:
        return False
    by_place = clock.place.low > 0.5 and clock.changed.high < 0.5
    return by_place or (clock.zero.low > 0.5 and clock.changed.estimate <= 0.05)


def _sequences_differ(use: Found) -> bool:
    """Whether its state at a step is another one in another sequence; that of a clock is not."""
    return use.sequences.count > 1 and use.swap is not None and use.swap.changed.estimate > 0.05


def _score(use: Found) -> str:
    if use.sequences.answers.classes is None:
        return "Its answers are no closer to the targets than their mean."
    guessed = percent(round(use.chance, 3))
    return f"{_share(use.right)} of its answers are right, and the same answer to everything gets {guessed} %."


def _clock(use) -> Iterator[str]:
    if not use.clock.place.low > 0.5:
        yield (
            f"Its state says how many steps have gone by, and not which inputs: given random inputs, a zero state "
            f"changes {_share(use.clock.zero)} of its answers, and the state after as many others "
            f"{_share(use.clock.changed)}."
        )
        return
    yield (
        f"Given random inputs, it answers by its place in the sequence: of what its answers vary, that explains "
        f"{_share(use.clock.place)}, and the current input {_share(use.clock.input)}."
    )


def _nothing(use) -> Iterator[str]:
    if use.warm_up is None and use.sequences.steps == 1:
        yield "Every sample has one step and begins with a zero state: there is nothing to remember."
    elif use.swap is not None and use.swap.changed.low > 0.05:
        yield (
            f"With another state, that of another {'sequence' if use.sequences.count > 1 else 'step'}, "
            f"{_share(use.swap.changed)} of its answers change, but its own state makes no more of them right."
        )
    elif use.warm_up is not None:
        alone, adds = use.warm_up.right[0].estimate, use.warm_up.adds
        if abs(adds.estimate) < EQUAL:
            yield "From the current input alone its answers are as right."
        else:
            doubt = "" if adds.high < 0 else ", a difference within doubt"
            figures = f"{_number(use, alone)}, and with all earlier ones {_number(use, alone + adds.estimate)}"
            yield f"How right it is from the current input alone: {figures}{doubt}."
    elif use.resets is None:
        yield "No test of memory was made."
        yield from _inputs(use)


def _inputs(use: Found) -> Iterator[str]:
    """Which inputs it uses, as the test of its reach says."""
    if use.reach is None:
        return
    used, farthest = use.reach.used, use.reach.changed.at[-1]
    if used in ([], [0]):
        earlier = f"no {'earlier one' if used else 'input'}, up to {_steps(farthest)} back,"
        beginning = f"It uses the current input; {earlier}" if used else earlier.capitalize()
        yield f"{beginning} is seen to change one answer in twenty."
        return
    more = ", and perhaps farther ones: none was asked about" if used[-1] == farthest < use.sequences.steps - 1 else ""
    always = [back for back in used if use.reach.changed[back].low > 0.5]
    if always == used and len(used) <= NAMED:
        words = ["the current input"] * (used[0] == 0) + [
            _back(back, list(use.reach.changed.at)) for back in used if back
        ]
        yield f"It uses {' and '.join(words)}{more}."
    else:
        yield f"It uses inputs up to {_steps(used[-1])} back{more}."


def _back(steps: int, at: list[int]) -> str:
    nearest = at[at.index(steps) - 1] + 1  # those between are changed together with it
    return f"an input {nearest} to {steps} steps back" if nearest < steps else f"the input {_steps(steps)} back"


def _resets(use) -> Iterator[str]:
    if use.resets is None:
        yield "No state is carried from sample to sample."
        return
    cold, adds = use.resets.every.values[0], use.resets.adds
    figures = f"{_of(use, cold)} instead of {_of(use, use.resets.every.values[-1])}"
    if abs(adds.estimate) < EQUAL:
        yield "Reset before every sample, it is as right."
    elif adds.low <= 0 <= adds.high:
        yield f"Reset before every sample, it is not shown to be less right: {figures}, a difference within doubt."
    else:
        yield f"Reset before every sample, it is {'less' if adds.low > 0 else 'more'} right: {figures}."


def _table(use: Found) -> Iterator[str]:
    if not use.over_table.low > 0:
        yield f"A lookup table of the current input alone gets {_of(use, use.lookup_table)}."


def _served(use) -> Iterator[str]:
    if use.served is not None and use.served.differs is not None:
        yield f"Served one input at a time without a reset, it answers otherwise from step {use.served.differs + 1} on."


def _steps(count: int) -> str:
    return f"{count} step{'s' * (count != 1)}"


def _of(use: Found, value: Interval) -> str:
    return _number(use, value.estimate)


def _number(use: Found, value: float) -> str:
    return right(use, value).strip()


def _share(value: Interval) -> str:
    return f"{percent(round(value.estimate, 2))} %"


def right(use: Found, value: Interval | float) -> str:
    """How right: a share as percent, a score of numbers as it is; with its interval."""
    return _interval(value, "{:7.2f}" if use.sequences.answers.classes is None else "{:5.1f} %")


def share(value: Interval | float) -> str:
    """A share as percent, with its interval."""
    return _interval(value, "{:5.1f} %")


def _interval(value: Interval | float, form: str) -> str:
    times = 100 if "%" in form else 1
    if not isinstance(value, Interval):
        return form.format(times * value)
    ends = " to ".join(form.removesuffix(" %").format(times * end).strip() for end in (value.low, value.high))
    return f"{form.format(times * value.estimate)}   ({ends})"
