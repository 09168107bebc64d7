"""What the tests of a network's state found."""

from __future__ import annotations

from dataclasses import dataclass, field

from lstm_lab.inspecting.use.asking import Resets, Swap, WarmUp
from lstm_lab.inspecting.use.clock import Clock
from lstm_lab.inspecting.use.reach import Gradient, Reach
from lstm_lab.inspecting.use.sequences import Sequences
from lstm_lab.inspecting.use.serving import Served
from lstm_lab.judging.statistics import Interval


@dataclass(frozen=True, eq=False)
class Found:
    """What was found. A test that could not be made is None, and `not_made` says why.

    right         how right the answers are with the resets of training: 1 all, for numbers 1 less error over variance
    chance        what the same answer to everything scores: the commonest class, or the mean
    lookup_table  the commonest target of each current input: made from all that it is asked, so the
                  best without memory · `over_table`: right less that
    untrained     the same network with first weights
    resets … served   the tests, see docs/inspecting.md
    """

    sequences: Sequences
    right: Interval
    chance: float
    lookup_table: Interval
    over_table: Interval
    untrained: Interval
    resets: Resets | None = None
    swap: Swap | None = None
    clock: Clock | None = None
    warm_up: WarmUp | None = None
    reach: Reach | None = None
    gradient: Gradient | None = None
    served: Served | None = None
    not_made: dict[str, str] = field(default_factory=dict)
