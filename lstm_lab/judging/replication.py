"""Why a published figure comes out again, or does not: the seed, the library or the idea.

The same section is run over the same seeds twice: with today's defaults (`now`) and with those that Keras had when the
source was written (`then`). The rule, stated once. A figure that is typical of our seeds

    in neither          does not come out: "neither"
    in one of the two   hangs on the defaults: "the library"
    in both             hangs on them in part, if the measure is shown to be another: "the library, in part"; else
                        "the idea", if nearly every seed gives just this figure in both (the rate's interval lies at or
                        above 0.9); "the seed", if that is shown not to be so (an interval lies below 0.9: other seeds
                        give other figures); else "the idea or the seed": more seeds would decide

`typical` and `Rate` are in verdicts.py. A difference is shown by a sign test on the same seeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lstm_lab.judging.claims import Published
from lstm_lab.judging.measures import Count, Text, Value, scores
from lstm_lab.judging.statistics import SAME, Paired, paired, success_rate
from lstm_lab.judging.verdicts import ALWAYS, HOLDS, Rate, typical

SEED, IDEA, OPEN, NEITHER = "the seed", "the idea", "the idea or the seed", "neither"
LIBRARY, IN_PART, TOO_FEW = "the library", "the library, in part", "too few seeds"
CAUSES = (SEED, IDEA, OPEN, NEITHER, LIBRARY, IN_PART, TOO_FEW)


@dataclass(frozen=True)
class Side:
    """A published figure among the seeds of one set of defaults: how many give just it, and is it typical of them?"""

    given: Rate
    typical: bool | None


@dataclass(frozen=True)
class Replication:
    """A published figure among our seeds now and then.

    compared  then − now on the seeds that both have; of texts, whether they are the published one (1) or not (0)
    """

    now: Side
    then: Side
    compared: Paired

    def cause(self, differs: bool) -> str:
        """What makes the figure come out, or not. differs: whether a difference is shown."""
        sides = self.now, self.then
        if any(side.typical is None for side in sides):
            return TOO_FEW
        if not any(side.typical for side in sides):
            return NEITHER
        if not all(side.typical for side in sides):
            return LIBRARY
        if differs:
            return IN_PART
        if all(side.given.verdict == HOLDS for side in sides):
            return IDEA
        rates = [success_rate(side.given.met, side.given.seeds) for side in sides]
        return OPEN if all(rate.high >= ALWAYS for rate in rates) else SEED


def replication(published: Published, now: Mapping[int, Value], then: Mapping[int, Value]) -> Replication | None:
    """How a published figure stands among our seeds. now, then: seed → the measure.

    None where the source prints no figure, or no seed has both.
    """
    figure, seeds = published.measure, [seed for seed in now if seed in then]
    if figure is None or not seeds:
        return None
    before, after = ([side[seed] for seed in seeds] for side in (now, then))
    if isinstance(figure, Text):
        compared = paired(*([float(value == figure) for value in side] for side in (after, before)))
    else:
        compared = paired(scores(after), scores(before))
    return Replication(_side(published, figure, now), _side(published, figure, then), compared)


def _side(published: Published, figure: Value, by_seed: Mapping[int, Value]) -> Side:
    values = list(by_seed.values())
    return Side(Rate(sum(_same(value, figure) for value in values), len(values)), typical(published, values))


def _same(value: Value, figure: Value) -> bool:
    if isinstance(value, Count) and isinstance(figure, Count):
        return abs(value.score - figure.score) <= SAME
    return value == figure
