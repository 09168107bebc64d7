"""Sentences with figures in them. The figures are named, and filled in from the recorded runs when a page is made.

    On {{ all_right("0150") }} the network learns the alphabet; {{ middle("0110") }} are right without state.

A place is "NNNN" or "NNNN/variant". Where no measure is named, the experiment's main one is meant. A verdict is that of
the claim on the place's measure; if there are several, the condition or the control says which.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from collections.abc import Callable

from lstm_lab.common.checks import check_choice
from lstm_lab.judging import verdicts
from lstm_lab.judging.measures import Count, Text, Value, percent, scores
from lstm_lab.judging.replication import CAUSES
from lstm_lab.judging.statistics import middle_mean, paired
from lstm_lab.report import claims, eras, tables
from lstm_lab.report.selection import Recorded
from lstm_lab.suite.results import Record
from lstm_lab.suite.values import suggest


class NotRecorded(ValueError):
    """A figure of a place that has no runs."""


_BRACES = re.compile(r"\{\{((?:(?!\{\{).)*?)\}\}", re.DOTALL)  # up to the next braces, so that no text is read twice
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|\{#")

# A verdict ends a sentence about the claim, "That … is undecided", or about the measure, "The error … is higher".
_PREDICATES = {
    verdicts.HOLDS: "holds",
    verdicts.EXACT: "holds",
    verdicts.FAILS: "fails",
    verdicts.DEPENDS: "depends on the seed",
    verdicts.UNDECIDED: "is undecided",
    verdicts.NO_DIFFERENCE: "is not shown to differ",
}


def filled(words: str, recorded: Recorded) -> str:
    """The words with their figures.

    ValueError, a line, for what names no figure, a place or measure that is not there, and a place without runs.
    """
    named = Figures(recorded).named()
    parts = _BRACES.split(words)  # words, what stands in braces, words, …
    for index, part in enumerate(parts):
        if index % 2:
            parts[index] = _figure(part.strip(), named)
        elif wrong := _LEFT_OVER.search(part):
            raise ValueError(f"{part[wrong.start() :][:60]!r} cannot be filled in: write a figure in {{{{ and }}}}")
    return "".join(parts).strip()


def _figure(said: str, named: dict[str, Callable[..., str]]) -> str:
    """What is said of a figure, as in all_right("0150") → the figure. It is read and not run: arguments are texts."""
    wrong = f"{said[:60]!r} cannot be filled in: "
    name, texts = _call(said)
    if name is None:
        raise ValueError(wrong + 'write a name with texts in quotes, as in all_right("0150")')
    if name not in named:
        raise ValueError(wrong + f"{name!r} is no figure: {suggest(name, list(named))}")
    try:
        inspect.signature(named[name]).bind(*texts)
    except TypeError as error:
        raise ValueError(wrong + str(error)) from None
    try:
        return named[name](*texts)
    except NotRecorded:
        raise
    except ValueError as error:
        raise ValueError(wrong + str(error)) from None


def _call(said: str) -> tuple[str | None, list[str]]:
    """The name and the texts in all_right("0150"); None for anything else."""
    try:
        match ast.parse(said, mode="eval").body:
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                texts = [each.value for each in args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
                return (name, texts) if len(texts) == len(args) else (None, [])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    return None, []


class Figures:
    """What can be said of the recorded runs of a place, each as a phrase."""

    def __init__(self, recorded: Recorded):
        self._recorded = recorded

    def named(self) -> dict[str, Callable[..., str]]:
        """The phrases by the names that sentences use."""
        often = (self.all_right, self.says, self.said, self.verdict, self.met, self.figures, self.seeds)
        level = (self.middle, self.share, self.highest, self.published, self.compared, self.table)
        return {phrase.__name__: phrase for phrase in (*often, *level)}

    def all_right(self, place: str, measure: str | None = None) -> str:
        """ "97 of 100 seeds": on how many every answer is right."""
        values = self._values(place, measure, Count)
        return f"{sum(isinstance(value, Count) and value.all_right for value in values)} of {len(values)} seeds"

    def says(self, place: str, measure: str, text: str) -> str:
        """ "88 of 100 seeds": on how many a text is said."""
        values = self._values(place, measure, Text)
        return f"{sum(value == Text(text) for value in values)} of {len(values)} seeds"

    def said(self, place: str, measure: str) -> str:
        """ "LMNOP on 81 of 100 seeds": the text said most often; the text alone where there is one run."""
        values = self._values(place, measure, Text)
        text, often = Counter(values).most_common(1)[0]
        return text.shown + (f" on {often} of {len(values)} seeds" if len(values) > 1 else "")

    def verdict(self, place: str, measure: str | None = None, which: str | None = None) -> str:
        """ "holds", "is undecided", "is a little higher", "is not shown to differ": what the runs say to a claim."""
        verdict = self._judged(place, measure, which).verdict
        if verdict.verdict == verdicts.NOT_RUN:
            raise NotRecorded(f"{place} has no recorded runs beside its control's")
        said = verdict.said if isinstance(verdict, verdicts.Comparison) else verdict.verdict
        return _PREDICATES.get(said, f"is {said}")

    def met(self, place: str, measure: str | None = None, which: str | None = None) -> str:
        """ "254 of 280 seeds": on how many a claim's condition is met, of those it is judged on."""
        verdict = self._judged(place, measure, which).verdict
        if isinstance(verdict, verdicts.Comparison):
            raise ValueError(f"{place}: the claim is a comparison: use compared")
        return f"{verdict.shown} seeds"

    def middle(self, place: str, measure: str | None = None) -> str:
        """ "20.9/25 (83.6 %)": the interquartile mean over the seeds."""
        values = self._values(place, measure)
        return tables.level(values, middle_mean(scores(values)))

    def share(self, place: str, measure: str | None = None) -> str:
        """ "83.6 %": the same as percent alone."""
        share = middle_mean(scores(self._values(place, measure)))
        if not 0 <= share <= 1:
            raise ValueError(f"{place}: {share:.4g} is no share: use middle")
        return f"{percent(share)} %"

    def table(self, place: str, measure: str | None = None) -> str:
        """ "25/25 (100 %)": what the lookup table gets right, which has no memory."""
        measure = self._measure(place, measure)
        shown = tables.baseline(self._runs(place), measure, "lookup_table")
        if shown == tables.NONE:
            raise ValueError(f"{place}: measure {measure!r} has no lookup table beside it")
        return shown

    def highest(self, place: str, measure: str | None = None) -> str:
        """The highest of all seeds."""
        values = self._values(place, measure)
        return max(zip(scores(values), values, strict=True), key=lambda each: each[0])[1].shown

    def published(self, place: str, measure: str | None = None) -> str:
        """What the source prints."""
        config, measure = self._recorded.config(self._recorded.place(place)[0]), self._measure(place, measure)
        if measure not in config.published:
            raise ValueError(f"{place}: no figure is published for {measure}")
        return tables.published_figure(config.published[measure])

    def compared(self, place: str, other: str, measure: str | None = None) -> str:
        """ "higher on 15, lower on 20 and the same on 5 of 40 seeds"."""
        measure = self._measure(place, measure)
        runs = [tables.by_seed(self._runs(each), measure) for each in (place, other)]
        both = [seed for seed in runs[0] if seed in runs[1]]
        if not both:
            raise ValueError(f"{place} and {other} have no seed in common")
        found = paired(*(scores([side[seed] for seed in both]) for side in runs))
        return f"higher on {found.wins}, lower on {found.losses} and the same on {found.ties} of {len(both)} seeds"

    def figures(self, *reasons: str) -> str:
        """ "7 of 19": how many published figures come out for these reasons, of all that both defaults were run for."""
        found = eras.causes(self._recorded)
        for reason in reasons:
            check_choice("the reason", reason, *CAUSES)
        return f"{sum(found[reason] for reason in reasons)} of {found.total()}"

    def seeds(self, place: str) -> str:
        """ "100 seeds"."""
        return f"{len(self._runs(place))} seeds"

    def _judged(self, place: str, measure: str | None, which: str | None) -> claims.Judged:
        """The one claim on a measure of a place, judged; ValueError where there is none, or more than one."""
        (name, variant), measure = self._recorded.place(place), self._measure(place, measure)
        on = [
            claim
            for claim in self._recorded.config(name).claims
            if (claim.variant, claim.measure) == (variant, measure)
        ]
        one = [claim for claim in on if which in (None, claim.condition.words, claim.control)]
        if len(one) != 1:
            known = "; ".join(f"{claim.condition.words}, control {claim.control}" for claim in on)
            raise ValueError(f"{place}: {len(one)} claims on {measure} are meant, not one ({known or 'there is none'})")
        return claims.judge(one[0], name, self._recorded)

    def _values(self, place: str, measure: str | None, kind: type[Value] | None = None) -> list[Value]:
        """A measure over the seeds; ValueError where it is not of the kind asked for."""
        measure = self._measure(place, measure)
        values = tables.values(self._runs(place), measure)
        if kind is not None and not isinstance(values[0], kind):
            raise ValueError(f"{place}: measure {measure!r} is {values[0].shown}, which is no {kind.__name__.lower()}")
        return values

    def _measure(self, place: str, measure: str | None) -> str:
        """The measure named, or the experiment's main one; ValueError where it is not asked."""
        config, names = self._recorded.config(self._recorded.place(place)[0]), tables.measures(self._runs(place))
        measure = measure or tables.main_measure(config, self._runs(place))
        if measure not in names:
            raise ValueError(f"{place}: measure {measure!r} is not asked: {suggest(str(measure), names)}")
        return measure

    def _runs(self, place: str) -> list[Record]:
        """The runs of a place, a lesson's once; ValueError where there are none."""
        runs = tables.once(self._recorded.reference(*self._recorded.place(place)))
        if not runs:
            raise NotRecorded(f"{place} has no recorded runs under its present settings")
        return runs
