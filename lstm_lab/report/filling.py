"""Sentences with figures in them. The figures are named, and filled in from the recorded runs when a page is made.

    On {{ all_right("0150") }} the network learns the alphabet; {{ middle("0110") }} are right without state.

A place is "NNNN" or "NNNN/variant". Where no measure is named, the experiment's main one is meant.
"""

from __future__ import annotations

from functools import cache

from lstm_lab.common.checks import check_choice
from lstm_lab.judging import replication
from lstm_lab.judging.measures import Count, Text, Value, percent, scores
from lstm_lab.judging.statistics import interquartile_mean, paired
from lstm_lab.report import eras, tables
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Record
from lstm_lab.suite.values import suggest


def filled(words: str, recorded: Recorded) -> str:
    """The words with their figures.

    ValueError, a line, for what is no template, a place or measure that is not there, and a place without runs.
    """
    from jinja2 import TemplateError

    try:
        return _environment().from_string(words).render(Figures(recorded).named())
    except TemplateError as error:
        raise ValueError(f"{words[:60]!r} cannot be filled in: {error}") from None


class Figures:
    """What can be said of the recorded runs of a place, each as a phrase."""

    def __init__(self, recorded: Recorded):
        self._recorded = recorded

    def named(self) -> dict[str, object]:
        """The phrases by the names that sentences use."""
        often = (self.all_right, self.says, self.figures, self.seeds)
        level = (self.middle, self.share, self.highest, self.published, self.compared)
        return {phrase.__name__: phrase for phrase in (*often, *level)}

    def all_right(self, place: str, measure: str | None = None) -> str:
        """ "97 of 100 seeds": on how many every answer is right."""
        values = self._values(place, measure)
        counts = [value for value in values if isinstance(value, Count)]
        if len(counts) < len(values):
            raise ValueError(f"{place}: the measure ({values[0].shown}) is no count: all_right needs one")
        return f"{sum(value.all_right for value in counts)} of {len(counts)} seeds"

    def says(self, place: str, measure: str, text: str) -> str:
        """ "88 of 100 seeds": on how many a text is said."""
        values = self._values(place, measure)
        return f"{sum(value == Text(text) for value in values)} of {len(values)} seeds"

    def middle(self, place: str, measure: str | None = None) -> str:
        """ "20.9/25 (83.6 %)": the interquartile mean over the seeds."""
        values = self._values(place, measure)
        return tables.level(values, interquartile_mean(scores(values)).estimate)

    def share(self, place: str, measure: str | None = None) -> str:
        """ "83.6 %": the same as percent alone."""
        return f"{percent(interquartile_mean(scores(self._values(place, measure))).estimate)} %"

    def highest(self, place: str, measure: str | None = None) -> str:
        """The highest of all seeds."""
        return max(self._values(place, measure), key=lambda value: value.score or 0).shown

    def published(self, place: str, measure: str | None = None) -> str:
        """What the source prints."""
        config = self._recorded.config(catalogue.variant(place)[0])
        return tables.published_figure(config.published.get(self._measure(place, measure)))

    def compared(self, place: str, other: str, measure: str | None = None) -> str:
        """ "higher on 15, lower on 20 and the same on 5 of 40 seeds"."""
        measure = self._measure(place, measure)
        runs = [tables.by_seed(self._runs(each), measure) for each in (place, other)]
        both = [seed for seed in runs[0] if seed in runs[1]]
        found = paired(*(scores([side[seed] for seed in both]) for side in runs))
        return f"higher on {found.wins}, lower on {found.losses} and the same on {found.ties} of {len(both)} seeds"

    def figures(self, *reasons: str) -> str:
        """ "7 of 19": how many published figures come out for these reasons, of all that both defaults were run for."""
        for reason in reasons:
            check_choice("reason", reason, *replication.CAUSES)
        found = eras.causes(self._recorded)
        return f"{sum(found[reason] for reason in reasons)} of {found.total()}"

    def seeds(self, place: str) -> str:
        """ "100 seeds"."""
        return f"{len(self._runs(place))} seeds"

    def _values(self, place: str, measure: str | None) -> list[Value]:
        return tables.values(self._runs(place), self._measure(place, measure))

    def _measure(self, place: str, measure: str | None) -> str:
        """The measure named, or the experiment's main one; ValueError where it is not asked."""
        config, names = self._recorded.config(catalogue.variant(place)[0]), tables.measures(self._runs(place))
        measure = measure or tables.main_measure(config, self._runs(place))
        if measure not in names:
            raise ValueError(f"{place}: measure {measure!r} is not asked: {suggest(str(measure), names)}")
        return measure

    def _runs(self, place: str) -> list[Record]:
        """The runs of a place, a lesson's once; ValueError where there are none."""
        runs = tables.once(self._recorded.reference(*catalogue.variant(place)))
        if not runs:
            raise ValueError(f"{place}: no runs are recorded, so its figures cannot be filled in")
        return runs


@cache
def _environment():
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=False, undefined=StrictUndefined)
