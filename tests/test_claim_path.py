"""The path from recorded runs to the lines that people read: a claim, its runs, its control's, the verdict, the row.

Main and its control differ on every seed, and beside them lie runs that must not count: of older settings, by Keras, of
another variant. A swapped control, a comparison on other seeds or another variant's runs give other lines.
"""

import made_up
import pytest

from lstm_lab.judging.measures import Count, Number
from lstm_lab.report import overview

SEEDS = range(100)
LOW, HIGH = {0, 1, 50}, {1}  # where main has 3 of 10, and deaf has 10 of 10; elsewhere main has 10 and deaf has 2

CLAIMS = {
    "main is nearly all right": {"condition": "at least 0.9", "threshold": "chosen: nearly all", "control": "deaf"},
    "deaf is mostly wrong": {
        "condition": "at most 0.5",
        "threshold": "chosen: half of them",
        "variant": "deaf",
        "control": "main",
    },
    "the first seeds are not judged": {
        "condition": "at least 0.9",
        "threshold": "other seeds: the first two",
        "control": "deaf",
        "from_seed": 2,
    },
    "main is better than deaf": {"condition": "above control", "control": "deaf"},
    "deaf is better than main": {"condition": "above control", "variant": "deaf", "control": "main"},
    "main is better from seed 2 on": {"condition": "above control", "control": "deaf", "from_seed": 2},
    "main has a smaller loss than deaf is right": {
        "measure": "loss",
        "condition": "below control",
        "control": "deaf",
        "control_measure": "right",
    },
    "main is deaf": {"condition": "same as control", "control": "deaf"},
    "main is all right on every seed": {"condition": "all right", "exact": True},
}
# verdict, the seeds that say so, what the control did
SAID = {
    "main is nearly all right": ("holds", "97 of 100", "should not do this, and does not (1 of 100)"),
    "deaf is mostly wrong": ("holds", "99 of 100", "should not do this, and does not (3 of 100)"),
    "the first seeds are not judged": ("holds", "97 of 98", "should not do this, and does not (0 of 98)"),
    "main is better than deaf": ("higher, as claimed", "99 higher, 0 the same, 1 lower; difference +80.0 points", ""),
    "deaf is better than main": (
        "lower, the opposite of the claim",
        "1 higher, 0 the same, 99 lower; difference −80.0 points",
        "",
    ),
    "main is better from seed 2 on": (
        "higher, as claimed",
        "98 higher, 0 the same, 0 lower; difference +80.0 points",
        "",
    ),
    "main has a smaller loss than deaf is right": (
        "lower, as claimed",
        "0 higher, 0 the same, 100 lower; difference −0.1",
        "",
    ),
    "main is deaf": ("fails", "0 of 100", ""),
    "main is all right on every seed": ("fails", "97 of 100", ""),
}


def toml() -> str:
    def value(one) -> str:
        return str(one).lower() if isinstance(one, bool) else repr(one).replace("'", '"')

    tables = ({"words": words, "source": "somewhere", "measure": "right"} | rest for words, rest in CLAIMS.items())
    return "".join(
        "\n[[claims]]\n" + "".join(f"{name} = {value(one)}\n" for name, one in table.items()) for table in tables
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = made_up.checkout(tmp_path_factory.mktemp("checkout"), tables=toml())
    config = made_up.guess(folder)

    def one(seed: int, variant: str, right: int, loss: float, **changes):
        measures = {"right": Count(right, 10), "loss": Number(loss)}
        return made_up.record(config, seed, variant, **changes) | {"measures": measures}

    runs = [one(seed, "main", 3 if seed in LOW else 10, 0.1) for seed in SEEDS]
    runs += [one(seed, "deaf", 10 if seed in HIGH else 2, 0.9) for seed in SEEDS]
    aside = [one(seed, variant, 0, 5.0, trainer="keras") for seed in SEEDS for variant in ("main", "deaf")]
    older = [one(seed, variant, 0, 5.0) | {"config": "0123456789ab"} for seed in SEEDS for variant in ("main", "deaf")]
    made_up.write(folder / "results", [*older, *reversed(runs), *aside])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        overview.write(folder / "results")
    return folder / "results"


def rows(path) -> dict[str, dict[str, str]]:
    """The last table of a page: its rows by their second cell."""
    lines = [line for line in path.read_text().split("\n\n")[-1].splitlines() if line.startswith("|")]
    header, _, *others = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return {cells[1]: dict(zip(header, cells, strict=True)) for cells in others}


def test_every_claim_is_judged_by_its_own_runs_and_its_control_by_the_controls(results):
    table = rows(results / "CLAIMS.md")
    assert list(table) == list(CLAIMS)
    for words, (said, seeds, control) in SAID.items():
        assert table[words]["verdict"] == f"**{said}**"
        assert table[words]["seeds that meet it"].startswith(seeds)
        assert control in table[words]["control"]
        assert bool(control) == (table[words]["control"] != "—")


def test_the_report_says_of_every_claim_what_the_overview_says(results):
    report = (results / "0900_guess" / "REPORT.md").read_text()
    for words, (said, seeds, control) in SAID.items():
        _, _, after = report.partition(f"- {words} (somewhere): **{said}**.")
        entry = after.partition("\n- ")[0]
        assert f"Seeds: {seeds}" in entry
        assert control in entry


def test_a_report_shows_each_variants_own_runs(results):
    report = (results / "0900_guess" / "REPORT.md").read_text()
    main, deaf = (
        next(line for line in report.splitlines() if line.startswith(f"| right | {v} ")) for v in ("main", "deaf")
    )
    assert "| 97 of 100 seeds all right, " in main
    assert "| 10/10 (100 %)" in main
    assert "| 1 of 100 seeds all right, " in deaf
    assert "| 2/10 (20 %)" in deaf
    assert "−80.0 points" in deaf
