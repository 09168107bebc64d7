"""Reports say what the runs say: verdicts, tables, figures and pages from runs written by hand."""

import re
from types import SimpleNamespace

import made_up
import numpy as np
import pytest

from lstm_lab.judging.claims import Claim, Published
from lstm_lab.report import figures, grids, overview, pages, selection, tables
from lstm_lab.suite import claims
from lstm_lab.suite.results import Store

CLAIM = """
[[claims]]
words = "it guesses nearly all right"
source = "somewhere"
measure = "right"
condition = "{condition}"
control = "deaf"
"""


def claim(condition: str, control: str | None = "deaf") -> Claim:
    return Claim(words="it guesses right", source="somewhere", measure="right", condition=condition, control=control)


def runs(values, trainer="compiled"):
    return [{"seed": seed, "trainer": trainer, "measures": {"right": value}} for seed, value in enumerate(values)]


def test_seeds_that_settings_were_chosen_with_are_not_judged():
    searched_with = claim("all right").model_copy(update={"from_seed": 20})
    own, control = claims.judge(
        searched_with, runs([[0, 10]] * 20 + [[10, 10]] * 40), runs([[10, 10]] * 20 + [[0, 10]] * 40)
    )
    assert (own.verdict, own.met, own.seeds) == (claims.HOLDS, 40, 40)
    assert (control.verdict, control.met) == (claims.FAILS, 0)


def test_a_claim_that_holds_is_said_with_a_control_that_does_not_fail():
    said = {
        control: claims.worded(*claims.judge(claim("all right"), runs([[10, 10]] * 40), runs([[met, 10]] * 40)))
        for control, met in (("refuted", 0), ("met", 10))
    }
    assert said == {"refuted": "holds", "met": "holds, and so does its control"}
    own, control = claims.judge(claim("all right"), runs([[10, 10]] * 40), runs([[10, 10], [0, 10]] * 20))
    assert claims.worded(own, control) == "holds, its control depends on the seed"
    own, control = claims.judge(claim("all right"), runs([[0, 10]] * 40), runs([[10, 10]] * 40))
    assert claims.worded(own, control) == "fails"


def verdict(condition, values, controls=(), **changes):
    judged = claims.judge(claim(condition, **changes), runs(values), runs(controls))[0]
    return judged.verdict, judged.met, judged.seeds


# Wilson's interval: 96 of 100 begins at 0.9016, 95 of 100 at 0.8882; 4 of 100 ends at 0.0984, 5 of 100 at 0.1118.
@pytest.mark.parametrize(
    ("met", "seeds", "expected"),
    [
        (100, 100, claims.HOLDS),
        (96, 100, claims.HOLDS),
        (95, 100, claims.DEPENDS),
        (5, 100, claims.DEPENDS),
        (4, 100, claims.FAILS),
        (0, 100, claims.FAILS),
        (29, 29, claims.TOO_FEW),
        (0, 0, claims.TOO_FEW),
    ],
)
def test_the_rule_for_a_rate(met, seeds, expected):
    values = [[10, 10]] * met + [[9, 10]] * (seeds - met)
    assert verdict("all right", values) == (expected, met, seeds)


@pytest.mark.parametrize(
    ("condition", "values", "met"),
    [
        ("all right", [[10, 10], [9, 10]], 1),
        ("none right", [[0, 10], [1, 10], [10, 10]], 1),
        ("at least 0.9", [[10, 10], [9, 10], [8, 10]], 2),
        ("at most 0.9", [[10, 10], [9, 10], [8, 10]], 2),
        ("at most 0.5", [0.4, 0.5, 0.6], 2),
        ("equals BCD", ["BCD", "BCE", "BC"], 1),
    ],
)
def test_conditions_are_met_seed_by_seed(condition, values, met):
    assert verdict(condition, values)[1:] == (met, len(values))


@pytest.mark.parametrize(("condition", "met"), [("above control", 1), ("below control", 2), ("same as control", 1)])
def test_comparisons_are_paired_on_the_seeds_both_have(condition, met):
    own, control = [[5, 10], [2, 10], [2, 10], [3, 10], [9, 10]], [[4, 10], [3, 10], [3, 10], [6, 20]]
    assert verdict(condition, own, control)[1:] == (met, 4)


def test_the_control_is_judged_by_the_same_condition():
    own, control = claims.judge(claim("all right"), runs([[10, 10]] * 100), runs([[3, 10]] * 100))
    assert (own.verdict, control.verdict) == (claims.HOLDS, claims.FAILS)
    assert claims.judge(claim("above control"), runs([[10, 10]]), runs([[3, 10]]))[1] is None


def test_a_lesson_needs_no_thirty_seeds():
    exact = claims.judge(claim("all right", None), runs([[10, 10]], trainer="none"), [])[0]
    assert exact.verdict == claims.HOLDS
    assert claims.judge(claim("all right", None), runs([[9, 10]], trainer="none"), [])[0].verdict == claims.FAILS


def test_typical_is_the_central_95_percent():
    spread = [[right, 100] for right in range(100)]  # central 95 %: 2.475 to 96.525
    assert claims.typical(Published(right=96, asked=100), spread) is True
    assert claims.typical(Published(right=97, asked=100), spread) is False
    assert claims.typical(Published(right=2, asked=100), spread) is False
    assert claims.typical(Published(right=50, asked=100), spread[:29]) is None
    assert claims.typical(Published(note="not said"), spread) is None
    assert claims.typical(Published(text="L"), ["L"] * 2 + ["M"] * 38) is True
    assert claims.typical(Published(text="L"), ["L"] * 1 + ["M"] * 39) is False


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (CLAIM.format(condition="all right").replace("deaf", "dead"), "claim 1: control 'dead': experiment 'dead'"),
        (CLAIM.format(condition="all right").replace("deaf", "0910/dead"), "variant 'dead' is unknown"),
        (CLAIM.format(condition="at least 0.9.9"), "claim 1: condition is 'at least 0.9.9': 0.9.9 is not a number"),
        (CLAIM.format(condition="above control").replace('control = "deaf"', ""), "name the control"),
        (CLAIM.format(condition="all right") + 'variant = "dead"', "variant 'dead' is unknown: did you mean deaf"),
    ],
)
def test_claims_that_cannot_be_judged_are_refused_before_anything_is_written(tmp_path, monkeypatch, toml, says):
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=toml))
    made_up.write(tmp_path / "results", made_up.rights(made_up.guess(tmp_path), [9]))
    with pytest.raises(ValueError) as error:
        overview.write(tmp_path / "results")
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert not list((tmp_path / "results").rglob("*.md"))


@pytest.fixture
def report(tmp_path, monkeypatch):
    """Write runs and read the report: report(records, tables=…) → its text."""

    def write(make, tables="", history=None):
        monkeypatch.chdir(made_up.checkout(tmp_path, tables=tables))
        config = made_up.guess(tmp_path)
        made_up.write(tmp_path / "results", make(config), history)
        return pages.write("0900_guess", config, tmp_path / "results").read_text()

    return write


def test_report_shows_each_kind_of_run_in_its_column(report):
    def make(config):
        literal = [made_up.record(config, seed, trainer="keras") for seed in (7, 1, 2)]
        literal[0]["measures"] = {"right": [8, 10]}
        return literal + made_up.rights(config, [10] * 30 + [6] * 10)

    text = report(make)
    header, line = (
        next(row for row in text.splitlines() if row.startswith(start)) for start in ("| measure", "| right")
    )
    cells = dict(zip(header.split(" | "), line.split(" | "), strict=True))
    assert cells["published"] == "9/10 (90 %)"
    assert cells["Keras, seed 7"] == "8/10 (80 %)"
    assert cells["Keras, other seeds"].startswith("perfect 0/2")
    assert cells["compiled: all right"] == "30/40, 60–86 %"
    assert cells["compiled: interquartile mean"].startswith("10/10 (100 %)")
    assert cells["chance"] == "1/10 (10 %)"
    assert cells["memoryless |"] == "5/10 (50 %) |"
    assert "**Question.** Can it guess?" in text
    assert "typical of 40 seeds" in text
    assert "Variants" not in text


def test_only_runs_under_the_present_settings_count(report):
    def make(config):
        other = made_up.record(config, 5) | {"config": "0123456789ab", "measures": {"right": [0, 10]}}
        return [*made_up.rights(config, [10, 10]), other]

    text = report(make)
    assert "| 2/2, 34–100 % |" in text
    assert "too few to judge: 2 seeds" in text
    assert "2 runs under the present settings" in text
    assert "1 older or overridden runs" in text


def test_variants_stand_side_by_side_with_paired_differences(report):
    text = report(lambda config: made_up.rights(config, [9, 10] * 3) + made_up.rights(config, [4, 5] * 4, "deaf"))
    row = next(line for line in text.splitlines() if line.startswith("| right | deaf"))
    assert row.startswith("| right | deaf | — |")  # what was published is the section's own
    assert row.endswith("| −50.0 points |")
    assert "| deaf | `units` 1 | hears nothing |" in text


def test_claims_stand_with_verdict_and_control(report):
    text = report(
        lambda config: made_up.rights(config, [9] * 100) + made_up.rights(config, [2] * 100, "deaf"),
        CLAIM.format(condition="at least 0.9"),
    )
    assert "it guesses nearly all right (somewhere): **holds**" in text
    assert "Met on 100 of 100 seeds: `right` at least 0.9." in text
    assert "Control deaf, which should not meet it: 0 of 100 seeds, **fails**." in text


def test_report_and_figures_are_the_same_bytes_again(report, tmp_path):
    history = {"loss": np.linspace(1, 0.1, 40), "accuracy": np.linspace(0, 1, 40)}
    report(lambda config: made_up.rights(config, [9, 10, 8]), history=history)
    folder = tmp_path / "results" / "0900_guess"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {"REPORT.md", "history.svg", "seeds.svg"} <= set(first)
    assert all(len(content) < 100_000 for content in first.values())
    pages.write("0900_guess", made_up.guess(tmp_path), tmp_path / "results")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


def test_no_figure_where_there_is_nothing_to_see(report, tmp_path):
    (tmp_path / "results" / "0900_guess").mkdir(parents=True)
    (tmp_path / "results" / "0900_guess" / "seeds.svg").write_text("of runs that are no more")
    text = report(lambda config: made_up.rights(config, [9]))
    assert not list((tmp_path / "results").rglob("*.svg"))
    assert "![" not in text


def test_histories_of_variants_stand_side_by_side(report, tmp_path):
    shown = '[histories]\nhearing = ["main"]\nboth = ["main", "deaf"]\n'
    history = {"loss": np.linspace(1, 0.1, 40), "accuracy": np.linspace(0, 1, 40)}
    report(
        lambda config: made_up.rights(config, [9, 8]) + made_up.rights(config, [1, 2], "deaf"),
        shown,
        history=history,
    )
    svg = (tmp_path / "results" / "0900_guess" / "history.svg").read_text()
    assert all(
        svg.count(f">{word}<") == times for word, times in (("hearing", 1), ("both", 1), ("deaf", 1), ("loss", 2))
    )
    assert ">accuracy<" not in svg


@pytest.mark.parametrize(("wanted", "drawn_too"), [("", ["deaf"]), ('variants = ["main"]', [])])
def test_measures_that_end_in_a_number_become_curves(report, monkeypatch, wanted, drawn_too):
    drawn = []
    monkeypatch.setattr(figures, "lines", lambda *shown: drawn.append(shown) or b"svg")

    def make(config):
        values = {"before_k00": 1.0, "before_k10": 0.5, "after_k00": 0.1, "loss": 3.0}
        return [made_up.record(config, 0, variant) | {"measures": values} for variant in ("main", "deaf")]

    text = report(make, '[curves]\nover = "k"\nlabel = "slope"\n' + wanted)
    groups, *rest = drawn[0]
    assert rest == ["k", "slope", False]
    middles = {name: {k: middle.estimate for k, middle in points.items()} for name, points in groups.items()}
    curves = {"before": {0: 1.0, 10: 0.5}, "after": {0: 0.1}}
    assert middles == curves | {f"{name}, {also}": points for also in drawn_too for name, points in curves.items()}
    assert "![slope against k" in text


def test_lesson_report_holds_what_it_shows(tmp_path, monkeypatch):
    from lstm_lab.suite import catalogue
    from lstm_lab.suite.running import Plan, run

    monkeypatch.chdir(made_up.checkout(tmp_path))
    run(catalogue.load("0910_coin"), Plan(seeds=(0,)), tmp_path / "results")
    text = pages.write("0910_coin", catalogue.config("0910_coin"), tmp_path / "results").read_text()
    assert "```text\n10 throws [heads, tails]\n```" in text
    assert re.search(r"\| heads \| \d/10", text)
    assert "**Question.** Is a coin fair? Or is it not?" in text


GRID = "[grid]\nunits = [1, 2, 3]\nepochs = [5, 6]\n"


def test_grid_of_two_numbers_is_a_matrix_and_a_heat_map(report, tmp_path):
    def make(config):
        return [
            record
            for units in (1, 2, 3)
            for record in made_up.rights(config, [units, units + 1], f"units={units},epochs=5")
        ]

    text = report(make, GRID)
    table = [line for line in text.splitlines() if re.match(r"\| (\d|units)", line)]
    assert table == [
        "| units \\ epochs | 5 | 6 |",
        "| 1 | 15 % (0/2) | — |",
        "| 2 | 25 % (0/2) | — |",
        "| 3 | 35 % (0/2) | — |",
    ]
    svg = (tmp_path / "results" / "0900_guess" / "grid_right.svg").read_text()
    assert all(f">{percent}<" in svg for percent in (15, 25, 35))


def test_grid_over_one_number_is_a_row_a_cell_and_a_curve(report, tmp_path):
    def make(config):
        return [record for units in (1, 2) for record in made_up.rights(config, [units], f"units={units}")]

    text = report(make, "[grid]\nunits = [1, 2]\n")
    assert "| 1 | 0/1, 0–79 % | 1/10 (10 %) |" in text
    assert "| 2 | 0/1, 0–79 % | 2/10 (20 %) |" in text
    assert (tmp_path / "results" / "0900_guess" / "grid_right.svg").exists()


def test_a_list_of_names_in_a_grid_becomes_a_curve_each(monkeypatch):
    drawn = {}
    monkeypatch.setattr(figures, "lines", lambda groups, axis, label: drawn.update(groups=groups, axis=axis) or b"svg")
    cells = {f"form={form},length={n}": {"form": form, "length": n} for form in ("full", "cut") for n in (10, 100)}
    config = SimpleNamespace(grid={"form": ["full", "cut"], "length": [10, 100]}, cells=lambda: cells)
    found = {cell: runs([[place, 10]]) for place, cell in enumerate(cells)}
    assert grids.figure(config, found, "right") == b"svg"
    assert drawn["axis"] == "length"
    curves = {name: {x: middle.estimate for x, middle in points.items()} for name, points in drawn["groups"].items()}
    assert curves == {"form full": {10: 0.0, 100: 0.1}, "form cut": {10: 0.2, 100: 0.3}}


def test_each_pair_of_names_in_a_grid_becomes_a_curve(monkeypatch):
    drawn = {}
    monkeypatch.setattr(figures, "lines", lambda groups, axis, label: drawn.update(groups) or b"svg")
    cell = {"length": 10, "form": "full", "head": "soft"}
    config = SimpleNamespace(
        grid={"length": [10, 100], "form": ["full", "cut"], "head": ["soft"]}, cells=lambda: {"one": cell}
    )
    grids.figure(config, {"one": runs([[3, 10]])}, "right")
    assert list(drawn) == ["form full, head soft"]


def test_overview_has_a_row_for_each_published_measure_and_a_link(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path))
    made_up.write(tmp_path / "results", made_up.rights(made_up.guess(tmp_path), [10] * 40))
    written = overview.write(tmp_path / "results")
    assert [path.name for path in written] == ["REPORT.md", "README.md", "CLAIMS.md"]
    text = written[1].read_text()
    assert (
        "| [0900](0900_guess/REPORT.md) | Guess | right | 9/10 (90 %) | — | — | 40/40, 91–100 % | 10/10 (100 %)" in text
    )


def test_every_claim_has_a_row_with_its_verdict(tmp_path, monkeypatch):
    claim = 'words = "it guesses right"\nsource = "somewhere"\nmeasure = "right"\ncondition = "all right"'
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=f"[[claims]]\n{claim}"))
    made_up.write(tmp_path / "results", made_up.rights(made_up.guess(tmp_path), [10] * 40))
    rows = overview.write(tmp_path / "results")[-1].read_text().splitlines()[-1]
    assert rows.startswith("| [0900](0900_guess/REPORT.md) | ")
    assert "**holds** | 40/40 | `right` all right | — |" in rows


def test_readme_changes_between_its_markers_only(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path))
    made_up.write(tmp_path / "results", made_up.rights(made_up.guess(tmp_path), [10] * 3))
    overview.write(tmp_path / "results")
    readme = tmp_path / "README.md"
    readme.write_text(f"# Mine\n\n{overview.BEGIN}\nold\n{overview.END}\n\nkept\n")
    overview.rewrite_readme(readme, tmp_path / "results")
    text = readme.read_text()
    assert text.startswith(f"# Mine\n\n{overview.BEGIN}\n| id |")
    assert text.endswith(f" |\n{overview.END}\n\nkept\n")
    assert "[0900](results/0900_guess/REPORT.md)" in text
    assert "old" not in text
    assert "0910" not in text  # no published section
    overview.rewrite_readme(readme, tmp_path / "results")
    assert readme.read_text() == text


def test_readme_without_markers_is_refused_and_left_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path))
    readme = tmp_path / "README.md"
    readme.write_text("# Mine\n")
    with pytest.raises(ValueError, match="lacks the lines"):
        overview.rewrite_readme(readme, tmp_path / "results")
    assert readme.read_text() == "# Mine\n"


def test_reference_prefers_compiled_runs_and_the_kind_asked_for(tmp_path):
    config = made_up.guess(made_up.checkout(tmp_path))
    records = [made_up.record(config, 7, trainer="keras"), made_up.record(config, 1), made_up.record(config, 0)]
    store = made_up.write(tmp_path, records)
    assert isinstance(store, Store)
    chosen = selection.reference(config, "0900_guess", store.records())
    assert [(record["trainer"], record["seed"]) for record in chosen] == [("compiled", 0), ("compiled", 1)]
    literal = selection.reference(config, "0900_guess", store.records(), kind=selection.LITERAL)
    assert [record["seed"] for record in literal] == [7]
    assert selection.reference(config, "0900_guess", store.records(), "deaf") == []


def test_counts_of_different_size_are_shown_as_percent_alone():
    assert tables.interval([[1, 2], [3, 4]]) == "62.5 %, 50–75 %"
    records = [{"measures": {"right": [1, n]}, "chance": {"right": 0.5}} for n in (2, 4)]
    assert tables.baseline(records, "right", "chance") == "18.8 %"


def test_result_leaves_out_a_column_with_nothing_in_it(tmp_path):
    config = made_up.guess(made_up.checkout(tmp_path))
    shown = tables.result(config, made_up.rights(config, [9]), [])
    assert shown.header == ["measure", "published", "measured", "chance", "memoryless"]
    assert shown.rows == [["right", "9/10 (90 %)", "9/10 (90 %)", "1/10 (10 %)", "5/10 (50 %)"]]
