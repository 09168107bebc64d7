"""The published figures: recorded runs against them, and Keras run again.

Only literal runs at the sources' seed 7 are pinned, as counts. What many seeds do is reported, not asserted.
"""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from lstm_lab.judging.measures import Number
from lstm_lab.report import selection
from lstm_lab.suite import catalogue
from lstm_lab.suite.running import Request, run

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "results"

PUBLISHED = {
    "0110": {"in_order": [21, 25]},
    "0120": {"in_order": [20, 23]},
    "0130": {"in_order": [23, 23]},
    "0140": {"in_order": [25, 25], "random_order": [20, 20]},
    "0150": {"in_order": [25, 25], "walk_A": "BCDEFGHIJKLMNOPQRSTUVWXYZ", "cold_start_K": "BCDEF"},
    "0220": {"one_sequence": [25, 25]},
    "0230": {"one_sequence": [0, 24]},
    "0240": {"one_sequence": [20, 20]},
    "0310": {"sequence_1": [4, 4], "sequence_2": [4, 4]},
}


def recorded(section, seed=7):
    name = catalogue.find(section)
    current = selection.of_kind(selection.Recorded(RESULTS).current(name), selection.LITERAL)
    runs = [run for run in current if run["seed"] == seed]
    assert runs, f"results/{name} has no literal Keras run at seed {seed}: `make results-long` records it"
    return runs[0]


@pytest.mark.parametrize("section", PUBLISHED)
def test_recorded_literal_run_gives_the_published_figures(section):
    measures = recorded(section)["measures"]
    assert {name: measures[name].stored for name in PUBLISHED[section]} == PUBLISHED[section]


def test_results_hold_every_run_that_the_present_configurations_ask_for():
    short, recorded = [], selection.Recorded(RESULTS)
    for name in catalogue.names():
        config = recorded.config(name)
        for variant in config.variant_names():
            runs = recorded.current(name, variant)
            seeds = {run["seed"] for run in runs if run["trainer"] != "keras"}
            missing = set(range(config.seeds_of(variant))) - seeds
            if missing and not config.takes_long(variant):
                short.append(f"{name} {variant}: {len(missing)} of {config.seeds_of(variant)}")
    assert not short, "`make results` records what is missing: " + "; ".join(short)


PAGES = ["README.md", *(f"docs/{name}.md" for name in ("cluster", "findings", "fit", "inspecting", "reading", "state"))]
PAGES += ["results/README.md", "results/CLAIMS.md"]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    path = ROOT / page
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert links or page in ("docs/cluster.md", "docs/inspecting.md", "docs/state.md", "docs/reading.md")
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_published_figures_of_the_configurations_are_those_pinned_here():
    for section, figures in PUBLISHED.items():
        published = catalogue.config(catalogue.find(section)).published
        for name, figure in figures.items():
            entry = published[name]
            assert figure == (entry.text if entry.text else [entry.right, entry.asked])


def test_variable_length_figure_lies_within_what_our_seeds_show():
    name = catalogue.find("0170")
    config, runs = catalogue.config(name), selection.Recorded(RESULTS).reference(name, kind=selection.COMPILED)
    assert len(runs) >= 30
    scores = [record["measures"]["in_order"].right for record in runs]
    low, high = np.quantile(scores, [0.025, 0.975])
    published = config.published["in_order"].right
    assert low <= published <= high, f"{published} of 1000 was published; our seeds give {low:g} to {high:g}"


@pytest.mark.full
@pytest.mark.parametrize("section", [*PUBLISHED, "0170"])
def test_every_published_section_run_again_with_keras(section, tmp_path):
    rerun(section, tmp_path)


@pytest.mark.parametrize("section", PUBLISHED)
def test_the_compiled_trainer_gives_again_what_is_recorded_of_seed_0(section, tmp_path):
    """A change of code that alters results, and forgets to raise `revision`, goes red here."""
    name = catalogue.find(section)
    (then,) = (one for one in selection.Recorded(RESULTS).reference(name) if one["seed"] == 0)
    (now,) = run(catalogue.load(name), Request(seeds=(0,)), tmp_path)
    assert then["config"] == now["config"]
    assert set(then["measures"]) == set(now["measures"])
    for measure, value in then["measures"].items():
        if isinstance(value, Number):  # another processor may round the last digits otherwise
            assert now["measures"][measure].value == pytest.approx(value.value, rel=1e-4)
        else:
            assert now["measures"][measure] == value
    assert (then["chance"], then["lookup_table"]) == (now["chance"], now["lookup_table"])


def rerun(section, folder):
    request = Request(seeds=(7,), trainer="keras", start="literal")
    (again,) = run(catalogue.load(catalogue.find(section)), request, folder)
    assert again["measures"] == recorded(section)["measures"]


def test_recorded_results_are_never_run_again(tmp_path):
    name = catalogue.find("0110")
    shutil.copytree(RESULTS / name, tmp_path / name)
    before = (tmp_path / name / "runs.jsonl").read_bytes()
    run(catalogue.load(name), Request(seeds=(7,), trainer="keras", start="literal"), tmp_path)
    assert (tmp_path / name / "runs.jsonl").read_bytes() == before
