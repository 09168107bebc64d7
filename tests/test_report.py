"""Reports say what the runs say: verdicts, tables, figures and pages from runs written by hand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import made_up
import numpy as np
import pytest

from lstm_lab.judging.measures import Count, Number, Text
from lstm_lab.report import figures, generated, grids, overview, pages, selection, style, tables
from lstm_lab.report.markdown import fenced
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Store, canonical
from lstm_lab.suite.running import Request, run


def runs(values):
    return [{"seed": seed, "measures": {"right": value}} for seed, value in enumerate(values)]


@pytest.fixture
def report(tmp_path, monkeypatch):
    """Write runs and read the report: report(records, tables=…) → its text."""

    def write(make, tables="", history=None):
        monkeypatch.chdir(made_up.checkout(tmp_path, tables=tables))
        config = made_up.guess(tmp_path)
        made_up.write(tmp_path / "results", make(config), history)
        return pages.write("0900_guess", selection.Recorded(tmp_path / "results")).read_text()

    return write


def test_report_shows_each_kind_of_run_in_its_column(report):
    def make(config):
        literal = [made_up.record(config, seed, trainer="keras") for seed in (7, 1, 2)]
        literal[0]["measures"] = {"right": Count(8, 10)}
        return literal + made_up.rights(config, [10] * 30 + [6] * 10)

    text = report(make)
    header, line = (
        next(row for row in text.splitlines() if row.startswith(start)) for start in ("| measure", "| right")
    )
    cells = dict(zip(header.split(" | "), line.split(" | "), strict=True))
    assert cells["published"] == "9/10 (90 %)"
    assert cells["Keras, seed 7"] == "8/10 (80 %)"
    assert cells["Keras, other seeds"].startswith("0 of 2 seeds all right")
    assert cells["compiled: all right"] == "30 of 40 seeds all right, 60–86 %"
    assert cells["compiled: interquartile mean"].startswith("10/10 (100 %)")
    assert cells["chance"] == "1/10 (10 %)"
    assert (cells["lookup table"], cells["needs memory? |"]) == ("5/10 (50 %)", "yes |")
    assert "**Question.** Can it guess?" in text
    assert "typical of 40 seeds" in text
    assert "Variants" not in text


def test_only_runs_under_the_present_settings_count(report):
    def make(config):
        other = made_up.record(config, 5) | {"config": "0123456789ab", "measures": {"right": Count(0, 10)}}
        return [*made_up.rights(config, [10, 10]), other]

    text = report(make)
    assert "| 2 of 2 seeds all right, 34–100 % |" in text
    assert "too few to judge: 2 seeds" in text
    assert "2 runs under the present settings" in text
    assert "Not shown: 1 in `runs.jsonl`, of an older revision" in text
    assert "other settings" not in text


def test_one_run_is_of_one_seed_and_all_published_figures_of_as_many(report):
    text = report(lambda config: made_up.rights(config, [9]))
    assert "| too few to judge: 1 seed |" in text


def test_runs_with_other_settings_have_a_section_of_their_own_without_the_published_figure(report):
    def changed(config, settings, counts, variant="main"):
        made = config.resolve(variant, settings)
        changes = {"config": config.hash(made), "settings": made.recorded()}
        return [record | changes for record in made_up.rights(config, counts, variant)]

    def make(config):
        old = {"config": "0123456789ab", "settings": {"units": 3}}
        older = [
            made_up.record(config, 9) | old,
            made_up.record(config, 8) | {"config": "f" * 12, "settings": {"gone": 1}},
        ]
        mine = changed(config, {"units": 2}, [7, 7, 10]) + changed(config, {"epochs": 3}, [3, 3], "deaf")
        return [*made_up.rights(config, [10, 10]), *mine, *older]

    text = report(make)
    _, _, others = text.partition("## Runs with other settings")
    mine, deaf = (
        others.partition(heading)[2].split("###")[0] for heading in ("### units = 2 (here: 4)\n", "### deaf, ")
    )
    assert "| right | 1 of 3 seeds all right, 6–79 % |" in mine
    assert "9/10 (90 %)" not in others  # what the source published is of its own settings
    assert deaf.startswith("epochs = 3 (here: 10)\n")
    assert "| right | 0 of 2 seeds all right, 0–66 % |" in deaf
    assert "| 2 of 2 seeds all right, 34–100 % |" in text
    assert "2 runs under the present settings" in text
    assert "5 runs under other settings." in text
    assert "units = 3" not in others
    assert "Not shown: 2 in `runs.jsonl`" in text


def test_variants_stand_side_by_side_with_paired_differences(report):
    text = report(lambda config: made_up.rights(config, [9, 10] * 3) + made_up.rights(config, [4, 5] * 4, "deaf"))
    row = next(line for line in text.splitlines() if line.startswith("| right | deaf"))
    assert row.startswith("| right | deaf | — |")  # what was published is the section's own
    assert row.endswith("| −50.0 points; 0 higher, 6 lower |")
    assert "| deaf | `units` 1 | hears nothing |" in text


def test_claims_stand_with_verdict_and_control(report):
    text = report(
        lambda config: made_up.rights(config, [9] * 100) + made_up.rights(config, [2] * 100, "deaf"),
        made_up.claim("at least 0.9"),
    )
    assert "it guesses nearly all right (somewhere): **holds**" in text
    assert "Seeds: 100 of 100. Condition: `right` at least 0.9 (chosen: nearly all)." in text
    assert "Control deaf: it should not do this, and does not (0 of 100)." in text


def test_report_and_figures_are_the_same_bytes_again(report, tmp_path):
    history = {"loss": np.linspace(1, 0.1, 40), "accuracy": np.linspace(0, 1, 40)}
    report(lambda config: made_up.rights(config, [9, 10, 8]), history=history)
    folder = tmp_path / "results" / "0900_guess"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {"REPORT.md", "history.svg", "seeds.svg"} <= set(first)
    assert all(len(content) < 100_000 for content in first.values())
    pages.write("0900_guess", selection.Recorded(tmp_path / "results"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


def test_figures_are_the_same_bytes_whatever_somebodys_own_settings_are(monkeypatch):
    import matplotlib

    def draw():
        return figures.history([{"epochs": [1, 2, 3], "loss": [3.0, 2.0, 1.0]}])

    first = draw()
    own = {
        "axes.facecolor": "red",
        "lines.linewidth": 9,
        "text.usetex": True,
        "savefig.dpi": 1e9,
        "path.simplify": False,
    }
    with matplotlib.rc_context(own):
        assert draw() == first
        assert {name: matplotlib.rcParams[name] for name in own} == own


def test_matplotlib_reads_no_settings_of_somebodys_own(tmp_path, monkeypatch):
    """They may be a pipe, or no text. A file in the current folder comes before all others."""
    seen = []

    def import_module(name):
        seen.append((name, Path("matplotlibrc").is_file(), "MPLBACKEND" in os.environ))

    monkeypatch.delitem(sys.modules, "matplotlib", raising=False)
    monkeypatch.setattr(style.importlib, "import_module", import_module)
    monkeypatch.setenv("MPLBACKEND", "no such one")
    monkeypatch.chdir(tmp_path)
    style._library()
    assert seen == [("matplotlib", True, False)]
    assert (Path.cwd(), os.environ["MPLBACKEND"]) == (tmp_path, "no such one")


def test_no_figure_where_there_is_nothing_to_see(report, tmp_path):
    (tmp_path / "results" / "0900_guess").mkdir(parents=True)
    for name, of in (("seeds", generated.marked(b"<svg xmlns=")), ("mine", b"<svg a reader drew")):
        (tmp_path / "results" / "0900_guess" / f"{name}.svg").write_bytes(of)
    text = report(lambda config: made_up.rights(config, [9]))
    assert [path.name for path in (tmp_path / "results").rglob("*.svg")] == ["mine.svg"]
    assert "![" not in text


@pytest.mark.parametrize("name", ["README.md", "CLAIMS.md", "ERAS.md", "0900_guess/REPORT.md", "0900_guess/seeds.svg"])
def test_a_file_that_is_not_generated_is_not_written_over(report, tmp_path, name):
    report(lambda config: made_up.rights(config, [9, 8]))
    results = tmp_path / "results"
    if name != "ERAS.md":
        overview.write(results)
    else:  # there is none here, as nothing was trained with the defaults of Keras 1
        made_up.write(results, [made_up.record(made_up.guess(tmp_path), 0, "keras1")])
    (results / name).write_text("# By hand\n")
    before = {path: path.read_bytes() for path in results.rglob("*.*")}
    with pytest.raises(ValueError, match=rf"{name} does not say that it is generated"):
        overview.write(results)
    assert {path: path.read_bytes() for path in results.rglob("*.*")} == before


@pytest.mark.parametrize("kind", figures.FORMATS)
def test_a_plot_is_written_over_a_figure_of_ours_only(tmp_path, kind):
    plot = tmp_path / f"seen.{kind}"
    generated.write(plot, figures.states([("h", np.eye(2), ["A", "B"])], "the state", kind))
    assert figures.kind_of(plot) == kind
    plot.write_bytes(b"%PDF mine")
    with pytest.raises(ValueError, match=f"seen.{kind} does not say that it is generated"):
        figures.kind_of(plot)


def test_a_damaged_file_of_runs_is_named_and_no_claim(report, tmp_path):
    report(lambda config: made_up.rights(config, [9, 8]), made_up.claim("at least 0.9"))
    runs = tmp_path / "results" / "0900_guess" / "runs.jsonl"
    runs.write_bytes(runs.read_bytes().replace(b'"seed":1', b'"seed":2'))
    with pytest.raises(ValueError, match=rf"^{re.escape(str(runs))} line 3: its check is of other bytes"):
        overview.write(tmp_path / "results")


def test_what_comes_from_runs_and_toml_files_is_no_tag_in_a_page(report, tmp_path):
    said = "<script>x</script> `|` **b** [a](b) &lt;\x1b[31m"
    tables = made_up.claim("at least 0.9").replace("it guesses", "`code<T>` <b>it</b> guesses")
    text = report(
        lambda config: [made_up.record(config, 0, measures={"right": Count(9, 10), "said": Text(said)})], tables
    )
    shown = r"\<script>x\</script> \`\|\` \*\*b\*\* [a\](b) \&lt;�[31m"
    assert f"| {shown} on 1 of 1 seed, " in text
    assert r"- `code<T>` \<b>it\</b> guesses" in text


def test_a_name_with_two_dollars_is_no_formula_in_a_figure(report, tmp_path):
    def make(config):
        measured = ({"$<b>$": Count(right, 10)} for right in (9, 8, 7))
        return [
            made_up.record(config, seed, measures=each, chance={}, lookup_table={})
            for seed, each in enumerate(measured)
        ]

    report(make)
    assert ">$&lt;b&gt;$, share right<" in (tmp_path / "results" / "0900_guess" / "seeds.svg").read_text()


@pytest.mark.filterwarnings("error")
def test_numbers_that_are_no_figures_are_reported_all_the_same(report, tmp_path):
    """A diverged run is a result too."""
    far = ([np.nan] * 3, [np.inf, 1.0, 2.0], [1e308, -1e308, 1e308])
    names = "not_a_number", "infinite", "far"

    def make(config):
        measured = ({name: Number(each[seed]) for name, each in zip(names, far, strict=True)} for seed in range(3))
        return [
            made_up.record(config, seed, measures=each, chance={}, lookup_table={})
            for seed, each in enumerate(measured)
        ]

    text = report(make, history={"loss": np.array([1.0, np.inf, 1e308, np.nan])})
    assert "| not_a_number | " in text
    assert "![Training" in text


def test_what_a_lesson_shows_stays_within_its_fence():
    assert fenced("a\n```\n<b>") == "````text\na\n```\n<b>\n````"


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


def test_seeds_are_discs_at_their_values_as_large_as_these_are_frequent(report, tmp_path):
    report(lambda config: made_up.rights(config, [0, 5, 5, 5, 10]))
    svg = (tmp_path / "results" / "0900_guess" / "seeds.svg").read_text()
    radius = dict(re.findall(r'<path id="(\w+)" d="M0 ([\d.]+)C', svg))
    discs = re.findall(r'<use xlink:href="#(\w+)" x="([\d.]+)" y="[\d.]+" style="fill: #0072b2', svg)
    low, middle, high = sorted((float(x), float(radius[outline])) for outline, x in discs)
    assert middle[0] - low[0] == pytest.approx(high[0] - middle[0], abs=0.02)
    assert (low[1], middle[1], high[1]) == pytest.approx((3.87, 6.24, 3.87), abs=0.01)  # of 1, 3 and 1 of 5 seeds


@pytest.mark.parametrize(("wanted", "drawn_too"), [("", ["deaf"]), ('variants = ["main"]', [])])
def test_measures_that_end_in_a_number_become_curves(report, monkeypatch, wanted, drawn_too):
    drawn = []
    monkeypatch.setattr(figures, "lines", lambda *shown: drawn.append(shown) or b"svg")

    def make(config):
        values = {"before_k00": Number(1.0), "before_k10": Number(0.5), "after_k00": Number(0.1), "loss": Number(3.0)}
        return [made_up.record(config, 0, variant) | {"measures": values} for variant in ("main", "deaf")]

    text = report(make, '[curves]\nover = "k"\nlabel = "slope"\n' + wanted)
    groups, *rest = drawn[0]
    assert rest == ["k", "slope", False]
    middles = {name: {k: middle.estimate for k, middle in points.items()} for name, points in groups.items()}
    curves = {"before": {0: 1.0, 10: 0.5}, "after": {0: 0.1}}
    assert middles == curves | {f"{name}, {also}": points for also in drawn_too for name, points in curves.items()}
    assert "![slope against k" in text


def test_lesson_report_holds_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path))
    run(catalogue.load("0910_coin"), Request(seeds=(0, 1)), tmp_path / "results")
    text = pages.write("0910_coin", selection.Recorded(tmp_path / "results")).read_text()
    records = Store(tmp_path / "results", "0910_coin").records()
    assert [record.get("shown") for record in records] == [["10 throws [heads, tails]"], None]  # once a run
    assert "shown" not in canonical(records)
    assert "```text\n10 throws [heads, tails]\n```" in text
    assert re.search(r"\| heads \| \d of 2 seeds all right, .*<br>interquartile mean", text)
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
    assert table[:4] == [
        "| units \\ epochs | 5 | 6 |",
        "| 1 | 15 %, 10–20 %<br>0 of 2 seeds all right, 0–66 % | — |",
        "| 2 | 25 %, 20–30 %<br>0 of 2 seeds all right, 0–66 % | — |",
        "| 3 | 35 %, 30–40 %<br>0 of 2 seeds all right, 0–66 % | — |",
    ]
    svg = (tmp_path / "results" / "0900_guess" / "grid_right.svg").read_text()
    assert all(f">{percent}<" in svg for percent in (15, 25, 35, "10–20", "20–30", "30–40"))


def test_grid_over_one_number_is_a_row_a_cell_and_a_curve(report, tmp_path):
    def make(config):
        return [record for units in (1, 2) for record in made_up.rights(config, [units], f"units={units}")]

    text = report(make, "[grid]\nunits = [1, 2]\n")
    assert "| 1 | 0 of 1 seed all right, 0–79 % | 1/10 (10 %) |" in text
    assert "| 2 | 0 of 1 seed all right, 0–79 % | 2/10 (20 %) |" in text
    assert (tmp_path / "results" / "0900_guess" / "grid_right.svg").exists()


def test_a_list_of_names_in_a_grid_becomes_a_curve_each(monkeypatch):
    drawn = {}
    monkeypatch.setattr(figures, "lines", lambda groups, axis, label: drawn.update(groups=groups, axis=axis) or b"svg")
    cells = [f"form={form},length={n}" for form in ("full", "cut") for n in (10, 100)]
    found = {cell: runs([Count(place, 10)]) for place, cell in enumerate(cells)}
    assert grids.figure(grids.Cells({"form": ["full", "cut"], "length": [10, 100]}, found), "right") == b"svg"
    assert drawn["axis"] == "length"
    curves = {name: {x: middle.estimate for x, middle in points.items()} for name, points in drawn["groups"].items()}
    assert curves == {"form full": {10: 0.0, 100: 0.1}, "form cut": {10: 0.2, 100: 0.3}}


def test_each_pair_of_names_in_a_grid_becomes_a_curve(monkeypatch):
    drawn = {}
    monkeypatch.setattr(figures, "lines", lambda groups, axis, label: drawn.update(groups) or b"svg")
    grid = {"length": [10, 100], "form": ["full", "cut"], "head": ["soft"]}
    grids.figure(grids.Cells(grid, {"length=10,form=full,head=soft": runs([Count(3, 10)])}), "right")
    assert list(drawn) == ["form full, head soft"]


def test_overview_has_a_row_for_each_published_measure_and_a_link(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path))
    made_up.write(tmp_path / "results", made_up.rights(made_up.guess(tmp_path), [10] * 40))
    written = overview.write(tmp_path / "results")
    assert [path.name for path in written] == ["REPORT.md", "README.md", "CLAIMS.md"]
    text = written[1].read_text()
    row = next(
        line for line in text.splitlines() if line.startswith("| [0900](0900_guess/REPORT.md) | Guess | right |")
    )
    assert " | 9/10 (90 %) | — | — | 40 of 40 seeds all right, 91–100 % | 10/10 (100 %)" in row


def test_every_claim_has_a_row_with_its_verdict(tmp_path, monkeypatch):
    claim = 'words = "it guesses right"\nsource = "somewhere"\nmeasure = "right"\ncondition = "all right"'
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=f"[[claims]]\n{claim}"))
    made_up.write(tmp_path / "results", made_up.rights(made_up.guess(tmp_path), [10] * 40))
    rows = overview.write(tmp_path / "results")[-1].read_text().splitlines()[-1]
    assert rows.startswith("| [0900](0900_guess/REPORT.md) | ")
    assert "**holds** | 40 of 40 | `right` all right | — |" in rows


def test_the_overview_has_the_published_sections_first(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path))
    made_up.write(tmp_path / "results", made_up.rights(made_up.guess(tmp_path), [10] * 3))
    text = overview.write(tmp_path / "results")[-2].read_text()
    assert "## Published and measured\n\n| id |" in text
    assert "[0900](0900_guess/REPORT.md)" in text
    assert "All other experiments" not in text  # none has runs


def test_reference_prefers_compiled_runs_and_the_kind_asked_for(tmp_path, monkeypatch):
    config = made_up.guess(made_up.checkout(tmp_path))
    records = [made_up.record(config, 7, trainer="keras"), made_up.record(config, 1), made_up.record(config, 0)]
    made_up.write(tmp_path, records)
    monkeypatch.chdir(tmp_path)
    recorded = selection.Recorded(tmp_path)
    chosen = recorded.reference("0900_guess")
    assert [(record["trainer"], record["seed"]) for record in chosen] == [("compiled", 0), ("compiled", 1)]
    literal = recorded.reference("0900_guess", kind=selection.LITERAL)
    assert [record["seed"] for record in literal] == [7]
    assert recorded.reference("0900_guess", "deaf") == []


def test_counts_of_different_size_are_shown_as_percent_alone():
    assert tables.interval([Count(1, 2), Count(3, 4)]) == "62.5 %, 50–75 %"
    records = [{"measures": {"right": Count(1, n)}, "chance": {"right": 0.5}} for n in (2, 4)]
    assert tables.baseline(records, "right", "chance") == "18.8 %"


def test_result_leaves_out_a_column_with_nothing_in_it(tmp_path):
    config = made_up.guess(made_up.checkout(tmp_path))
    shown = tables.result(config, made_up.rights(config, [9]), [])
    assert shown == [{"measure": "right", "published": "9/10 (90 %)", "measured": "9/10 (90 %)"}]
    baselines = tables.without_memory([*made_up.rights(config, [9]), made_up.record(config, 1)])
    assert baselines == [
        {"measure": "right", "chance": "1/10 (10 %)", "lookup table": "5/10 (50 %)", "needs memory?": "yes"}
    ]  # none of a text or a number


@pytest.mark.parametrize(
    ("met", "seeds", "exact", "says"),
    [
        (0, 40, False, "do this, and does not (0 of 40)."),
        (40, 40, False, "do this, but does (40 of 40)."),
        (20, 40, False, "do this, but does on some seeds (20 of 40)."),
        (0, 10, False, "do this, and does not, but on too few seeds to tell (0 of 10)."),
        (3, 3, False, "do this, but does (3 of 3)."),
        (0, 10, True, "do this, and does not (0 of 10)."),
        (20, 40, True, "always do this, and does not (20 of 40)."),
    ],
)
def test_what_a_control_should_not_do_and_did_is_said_plainly(report, met, seeds, exact, says):
    controls = [9] * met + [1] * (seeds - met)
    text = report(
        lambda config: made_up.rights(config, [9] * 40) + made_up.rights(config, controls, "deaf"),
        made_up.claim("at least 0.9") + f"exact = {str(exact).lower()}",
    )
    assert f"Control deaf: it should not {says}" in text


def test_reports_are_made_from_the_runs_alone(tmp_path, monkeypatch):
    """No script is imported, no process started, no file of runs read twice."""
    folder = made_up.checkout(tmp_path, tables=made_up.claim("at least 0.9") * 3)
    monkeypatch.chdir(folder)
    run(catalogue.load("0910_coin"), Request(seeds=(0, 1)), tmp_path / "results")
    made_up.write(tmp_path / "results", made_up.rights(made_up.guess(tmp_path), [10] * 40))
    for script in (folder / "experiments").glob("*.py"):
        script.write_text(script.read_text() + "\nraise AssertionError('a report imported a script')\n")
    read, opened = [], Store.records
    monkeypatch.setattr(Store, "records", lambda store: read.append(store.runs) or opened(store))
    monkeypatch.setattr(subprocess, "Popen", lambda *command, **options: pytest.fail("a report started a process"))
    overview.write(tmp_path / "results")
    assert len(read) == len(set(read)) == 2
    assert "10 throws [heads, tails]" in (tmp_path / "results" / "0910_coin" / "REPORT.md").read_text()


@pytest.mark.parametrize(("published", "says"), [(10, "as published"), (9, "not as published")])
def test_a_lessons_figure_is_as_published_or_not_and_needs_no_seeds(tmp_path, monkeypatch, published, says):
    monkeypatch.chdir(made_up.checkout(tmp_path))
    config = made_up.guess(tmp_path)
    shown = made_up.record(config, 0, trainer="none", measures={"right": Count(10, 10)})
    toml = tmp_path / "configs" / "0900_guess.toml"
    toml.write_text(toml.read_text().replace("right = 9", f"right = {published}"))
    made_up.write(tmp_path / "results", [shown | {"start": "scheduled"}])
    text = pages.write("0900_guess", selection.Recorded(tmp_path / "results")).read_text()
    assert f"({10 * published} %) | {says} |" in text
