"""Which figures a report has, and the runs each is drawn from; `figures` draws them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from lstm_lab.judging.measures import Count, Text, scores
from lstm_lab.judging.statistics import Interval, interquartile_mean
from lstm_lab.report import figures, generated, grids, reach, scaling, tables
from lstm_lab.report.sweeps import Sweep
from lstm_lab.suite.results import Record, Store, key
from lstm_lab.suite.settings import MAIN, Config

STRIPS = 24  # more variants than fit into one figure are left to the table
Named = Mapping[str, Sequence[Record]]  # variant → its runs
Drawn = tuple[str, str, bytes]  # caption, file name, SVG


def draw(
    store: Store, config: Config, named: Named, cells: grids.Cells, sweeps: Sequence[Sweep] = ()
) -> list[tuple[str, str]]:
    """Draw what there is to show beside the report; returns each figure's caption and file name.

    Figures of earlier reports are removed, and no other files. ValueError, before anything is written, where a file
    stands in the place of a figure and is not generated.
    """
    drawn = [*_training(store, config, named), *_over_seeds(config, named), *_curves(config, named)]
    drawn += _grids(config, cells, "grid")
    for number, sweep in enumerate(sweeps, 1):
        found = _grids(config, sweep.cells, f"sweep{number}")
        drawn += [(f"Sweep {number}: {caption}", file, svg) for caption, file, svg in found]
    for _, file, _ in drawn:
        generated.refuse_own(store.folder / file)
    for stale in store.folder.glob("*.svg"):
        if stale.name not in {file for _, file, _ in drawn} and generated.is_generated(stale):
            stale.unlink()
    for _, file, svg in drawn:
        generated.write(store.folder / file, svg)
    return [(caption, file) for caption, file, _ in drawn]


def _training(store: Store, config: Config, named: Named) -> list[Drawn]:
    """Loss and accuracy of the section itself, or the losses of the variants that `[histories]` puts side by side."""
    kept: dict = {key(curve): curve for curve in store.curves() if len(curve["epochs"]) > 1}
    histories = {
        variant: [kept[key(record)] for record in records if key(record) in kept] for variant, records in named.items()
    }
    panels = {
        title: {variant: histories[variant] for variant in variants if histories.get(variant)}
        for title, variants in config.histories.items()
    }
    panels = {title: groups for title, groups in panels.items() if groups}
    if panels:
        caption = "Training: a thin line a seed, a thick one for their median"
        return [(caption, "history.svg", figures.histories(panels))]
    curves = histories.get(MAIN)
    if not curves:
        return []
    return [(f"Training: {len(curves)} seed{'s' * (len(curves) > 1)}", "history.svg", figures.history(curves))]


def _over_seeds(config: Config, named: Named) -> list[Drawn]:
    """The main measure of the section and its variants, seed by seed."""
    main = named.get(MAIN, [])
    measure = tables.main_measure(config, main)
    groups = {
        variant: scores(values)
        for variant, records in list(named.items())[:STRIPS]
        if measure and (values := tables.values(records, measure)) and not isinstance(values[0], Text)
    }
    if not any(len(found) > 1 for found in groups.values()):
        return []
    middles = {variant: interquartile_mean(found) for variant, found in groups.items()}
    label = f"{measure}, " + ("share right" if isinstance(main[0]["measures"][measure], Count) else "value")
    caption = "Over seeds: the larger a disc, the more seeds; the bars are the interquartile mean and its interval"
    if len(named) > STRIPS:
        caption += f"; the first {STRIPS} of {len(named)} variants"
    return [(caption, "seeds.svg", figures.strips(groups, middles, label))]


def _curves(config: Config, named: Named) -> list[Drawn]:
    """Measures that end in a number, as `[curves]` names it: "before_k00", "before_k05", … over k."""
    if config.curves is None:
        return []
    over, wanted = config.curves.over, config.curves.variants or list(named)
    groups: dict[str, dict[int, Interval]] = defaultdict(dict)
    for variant in wanted:
        records = named.get(variant, [])
        for measure in tables.measures(records):
            found = re.fullmatch(rf"(.+)_{re.escape(over)}(\d{{1,9}})", measure)
            if found:
                name = found[1] if variant == MAIN else f"{found[1]}, {variant}"
                groups[name][int(found[2])] = interquartile_mean(scores(tables.values(records, measure)))
    if not groups:
        return []
    caption = f"{config.curves.label} against {over}: interquartile means and their intervals"
    return [(caption, "curves.svg", figures.lines(groups, over, config.curves.label, config.curves.powers))]


def _grids(config: Config, cells: grids.Cells, name: str) -> list[Drawn]:
    drawn = []
    for measure in cells.measures:
        if svg := grids.figure(cells, measure):
            caption = f"{measure} over {' × '.join(cells.grid)}"
            drawn.append((caption, _file(f"{name}_{measure:.100}"), svg))
        told = reach.tell(config, cells, measure)
        for axis, against, svg in scaling.drawn(cells, told.rates) if told else ():
            caption = f"{measure}: the smallest {axis} with which {100 * reach.ENOUGH:.0f} % of the seeds succeed, "
            caption += f"against {against}; the bars are intervals, which a triangle leaves open; if it is empty, no "
            caption += "value was enough"
            drawn.append((caption, _file(f"{name}_{measure:.100}_{axis}_against_{against}"), svg))
    return drawn


def _file(name: str) -> str:
    return re.sub(r"\W+", "_", name) + ".svg"
