"""What `compare` takes for "0140/all", every variant of an experiment, and "alphabet/all", every one of a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lstm_lab.judging.measures import Text
from lstm_lab.report import tables
from lstm_lab.report.selection import Recorded
from lstm_lab.report.wanted import Place, Wanted
from lstm_lab.suite import catalogue


def expand(
    texts: Sequence[str], wanted: Wanted, results: Path, reference: Path, measure: str | None = None
) -> tuple[list[str], list[str], str | None]:
    """The ids that the texts stand for, those of them that are left out, and the measure.

    Left out is what has no runs with the settings asked for, or not the measure: the one that is named, or else the
    one that most have. Other texts stay as they are. ValueError for "all" and "published" alone: their experiments
    measure different things.
    """
    if alone := [text for text in texts if text in (catalogue.ALL, catalogue.PUBLISHED)]:
        sources = ", ".join(f"{source}/all" for source, names in catalogue.groups().items() if len(names) > 1)
        raise ValueError(
            f"compare {alone[0]}: experiments measure different things; name those of one source, {sources}, or the "
            "variants of one experiment, such as 0140/all"
        )
    stands_for = {text: _labels(text) for text in texts if catalogue.parted(text)[1] == catalogue.ALL}
    if not stands_for:
        return list(texts), [], measure
    places = {label: catalogue.variant(label) for text in texts for label in stands_for.get(text, [text])}
    recorded = wanted.folders(list(places.values()), results, reference)
    found = {
        label: _measures(wanted, places[label], recorded[places[label]])
        for labels in stands_for.values()
        for label in labels
    }
    if measure is None:
        counted = Counter(each for measures in found.values() for each in measures)
        measure = counted.most_common(1)[0][0] if counted else None
    left_out = [label for label, measures in found.items() if measure not in measures]
    kept = [label for text in texts for label in stands_for.get(text, [text]) if label not in left_out]
    if len(kept) < 2:
        having = f" that have {measure}" if measure else ""
        raise ValueError(f"compare {' '.join(texts)}: fewer than two have runs{having} in {results}: run them first")
    return kept, left_out, measure


def _labels(text: str) -> list[str]:
    """The ids, or id/variant, of "alphabet/all" or "0140/all"."""
    named = catalogue.with_variants([text])
    return [f"{name[:4]}/{variant}".rstrip("/") for name, variants in named.items() for variant in variants]


def _measures(wanted: Wanted, place: Place, recorded: Recorded) -> list[str]:
    """The counts and numbers that runs with the settings wanted measure; none if the experiment lacks a setting."""
    try:
        runs = wanted.runs(place, recorded)
    except ValueError:
        return []
    return [each for each in tables.measures(runs) if not isinstance(tables.values(runs, each)[0], Text)]
