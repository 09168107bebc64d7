"""What reports say of sweeps: cells that the TOML file's grid has not, and what can be read from a grid."""

import made_up
import pytest

from lstm_lab.judging.measures import Count, Number, Text
from lstm_lab.judging.statistics import Interval
from lstm_lab.report import overview, pages, reach, scaling, selection, sweeps
from lstm_lab.report.grids import Cells

GRID = "[grid]\nunits = [2, 8]\n"


@pytest.fixture
def config(folder):
    return made_up.guess(folder)


@pytest.fixture
def found(folder):
    """The sweeps among records: found(records, failed) → a list."""

    def find(records, failed=()):
        store = made_up.write(folder / "runs", records)
        with store.writing() as writer:
            for each in failed:
                writer.append_failure(each)
        return sweeps.find("0900_guess", selection.Recorded(folder / "runs"))

    return find


def cell(config, name, counts, **changes):
    """Runs of a cell with these counts right out of ten, under other settings too."""
    settings = config.resolve(name, changes)
    other = {"config": config.hash(settings), "settings": settings.recorded()}
    return [run | other for run in made_up.rights(config, counts, name)]


def failure(config, name, seed, reason="the loss is not finite"):
    """A run of a cell that failed."""
    of = ("experiment", "config", "variant", "trainer", "start", "seed", "settings")
    record = made_up.record(config, seed, name)
    return {part: record[part] for part in of} | {"reason": reason}


def test_cells_of_the_same_axes_and_other_settings_are_one_sweep(config, found):
    runs = [
        *cell(config, "units=16", [10, 9]),
        *cell(config, "units=4", [3]),
        *cell(config, "units=2", [1], epochs=3),
        *cell(config, "units=4,epochs=7", [5]),
        *cell(config, "units=8,epochs=6", [5]),
    ]
    by_axes = {tuple(sweep.cells.grid): sweep for sweep in found(runs)}
    assert {sweep.title for sweep in found([])} == {"units", "units, epochs = 3 (here: 10)", "units × epochs"}
    assert by_axes["units", "epochs"].cells.grid == {"units": [4, 8], "epochs": [6, 7]}
    assert set(by_axes["units", "epochs"].cells.runs) == {"units=8,epochs=6", "units=4,epochs=7"}
    (plain,) = [sweep for sweep in found([]) if sweep.title == "units"]
    assert plain.cells.grid == {"units": [4, 16]}
    assert [run["seed"] for run in plain.cells.runs["units=16"]] == [0, 1]


def test_cells_of_the_toml_files_own_grid_join_a_sweep_that_has_more(folder):
    (folder / "configs" / "0900_guess.toml").write_text(made_up.EXPERIMENT_TOML.format(extra="", tables=GRID))
    config = made_up.guess(folder)
    recorded = selection.Recorded(folder / "runs")
    made_up.write(folder / "runs", cell(config, "units=8", [10]))
    assert sweeps.find("0900_guess", recorded) == []  # exactly the TOML file's own grid
    made_up.write(folder / "runs", cell(config, "units=4", [9]))
    (sweep,) = sweeps.find("0900_guess", selection.Recorded(folder / "runs"))
    assert sweep.cells.grid == {"units": [4, 8]}
    text = pages.write("0900_guess", selection.Recorded(folder / "runs")).read_text()
    assert "## Grid: right" in text
    assert "## Sweep 1: units" in text
    assert "1 run under the present settings" in text
    assert "1 run under other settings" in text  # the cell that the TOML file has is counted once


def test_runs_of_an_older_revision_a_variant_or_another_setting_are_in_no_sweep(config, found):
    old = [run | {"config": "0" * 12} for run in cell(config, "units=4", [9])]
    assert found([*old, *made_up.rights(config, [9], "deaf"), *made_up.rights(config, [9])]) == []


def test_a_variant_of_the_toml_file_that_is_named_like_a_cell_is_in_no_sweep(folder, found):
    path = folder / "configs" / "0900_guess.toml"
    path.write_text(path.read_text().replace("[variants.deaf]", '[variants."units=1"]'))
    assert found(made_up.rights(made_up.guess(folder), [9], "units=1")) == []


def test_a_sweep_under_other_settings_stands_in_its_section_alone(config, found, folder):
    found([run for units in (4, 8) for run in cell(config, f"units={units}", [9], epochs=3)])
    text = pages.write("0900_guess", selection.Recorded(folder / "runs")).read_text()
    assert "## Sweep 1: units, epochs = 3 (here: 10)" in text
    assert "## Runs with other settings" not in text


def test_each_trainer_has_a_sweep_of_its_own(config, found):
    keras = [run | {"trainer": "keras", "start": "literal"} for run in cell(config, "units=4", [9])]
    assert [sweep.title for sweep in found([*keras, *cell(config, "units=4", [9])])] == [
        "units, keras trainer, literal start",
        "units",
    ]


def test_a_report_has_a_section_for_a_sweep_with_its_failures_and_empty_cells(config, found, folder):
    runs = [*cell(config, "units=4,epochs=5", [10, 9]), *cell(config, "units=2,epochs=6", [3])]
    failed = [failure(config, "units=2,epochs=6", seed, f"no memory\nfor seed {seed}") for seed in (5, 6)]
    found(runs, failed)
    recorded = selection.Recorded(folder / "runs")
    text = pages.write("0900_guess", recorded).read_text()
    section = text[text.index("## Sweep 1") :]
    assert section.startswith("## Sweep 1: units × epochs\n\nOver `units`: 2, 4.\nOver `epochs`: 5, 6.\n")
    assert "1 to 2 seeds a cell; cells without runs: 2 of 4; compiled trainer, 0.25 s a seed" in section
    assert "| 2 | — | 30 %<br>0 of 1 seed all right, 0–79 % |" in section
    assert "| units=2,epochs=6 | 2 of 3 seeds | no memory for seed 5 |" in section
    assert "Sweep 1: right over units × epochs" in section
    assert (folder / "runs" / "0900_guess" / "sweep1_right.svg").exists()
    assert "3 runs under other settings" in section
    assert "Not shown" not in text
    assert "runs with other settings only" in overview.write(folder / "runs")[-2].read_text()
    assert Count(10, 10) in [run["measures"]["right"] for run in recorded.current("0900_guess", "units=4,epochs=5")]


def test_a_run_that_failed_and_was_made_since_is_no_failure(config, found):
    (sweep,) = found(cell(config, "units=4", [9]), [failure(config, "units=4", seed) for seed in (0, 1)])
    assert sweeps.failures(sweep.cells) == [
        {"cell": "units=4", "failed": "1 of 2 seeds", "the first reason": "the loss is not finite"}
    ]


def test_a_cell_is_named_in_one_order_and_its_settings_are_checked(config):
    assert config.resolve("units=16,epochs=3").recorded() == {"units": 16, "epochs": 3}
    for name, said in [
        ("epochs=3,units=16", "write it as units=16,epochs=3"),
        ("units=0", "use 1 or more"),
        ("units=016", "variant 'units=016' is unknown"),
        ("unit=16", "variant 'unit=16' is unknown"),
    ]:
        with pytest.raises(ValueError, match=said):
            config.resolve(name)


@pytest.mark.parametrize("where", ['variant = "units=16"', 'control = "0900/units=16"'])
def test_a_claim_is_about_a_cell_of_the_toml_file(folder, where):
    """Another cell has no recorded runs: a slip of the pen would wait for them for ever."""
    claim = made_up.claim("at least 0.9").replace('control = "deaf"', where)
    (folder / "configs" / "0900_guess.toml").write_text(made_up.EXPERIMENT_TOML.format(extra="", tables=claim))
    with pytest.raises(ValueError, match="claim 1: variant 'units=16' is unknown"):
        made_up.guess(folder)


def test_a_claim_s_control_elsewhere_is_a_cell_of_that_toml_file(folder):
    claim = made_up.claim("at least 0.9").replace('control = "deaf"', 'control = "0910/throws=3"')
    (folder / "configs" / "0900_guess.toml").write_text(made_up.EXPERIMENT_TOML.format(extra="", tables=claim))
    made_up.write(folder / "runs", made_up.rights(made_up.guess(folder), [9]))
    with pytest.raises(ValueError, match="variant 'throws=3' is unknown"):
        overview.write(folder / "runs")


def rate(estimate, low, high):
    return Interval(estimate, low, high)


@pytest.mark.parametrize(
    ("rates", "smallest", "interval", "again"),
    [
        ({4: rate(0.2, 0.1, 0.4), 8: rate(0.95, 0.8, 0.99), 16: rate(1, 0.92, 1)}, 8, "8 to 16", ()),
        ({16: rate(1, 0.92, 1), 4: rate(0.7, 0.5, 0.91), 8: rate(0.9, 0.8, 0.99)}, 8, "4 to 16", ()),
        ({4: rate(0.2, 0.1, 0.4), 8: rate(0.8, 0.7, 0.9)}, None, "8 to more than 8", ()),
        ({4: rate(0.2, 0.1, 0.4), 8: rate(0.5, 0.3, 0.6)}, None, "more than 8", ()),
        ({4: rate(1, 0.9, 1), 8: rate(0.5, 0.3, 0.7), 16: rate(0.9, 0.8, 0.99)}, 4, "4", (8,)),
    ],
)
def test_the_smallest_value_that_is_enough_and_what_is_not_excluded(rates, smallest, interval, again):
    found = reach.smallest(rates)
    assert (found.smallest, found.interval, found.again) == (smallest, interval, again)


def test_a_seed_succeeds_as_the_first_claim_says_or_where_all_is_right(folder):
    tables = made_up.claim("at most 0.2") + made_up.claim("at least 0.8") + made_up.claim("at least 0.3")
    (folder / "configs" / "0900_guess.toml").write_text(made_up.EXPERIMENT_TOML.format(extra="", tables=tables))
    config = made_up.guess(folder)
    assert reach.condition(config, "right", [Count(1, 2)]).words == "at least 0.8"
    assert reach.condition(config, "right", [Text("AB")]) is None
    assert reach.condition(config, "other", [Count(1, 2)]).words == "all right"
    assert reach.condition(config, "right", [Number(1.0)]) is None  # more of it may be worse
    assert reach.condition(config, "other", [Number(1.0)]) is None
    assert reach.condition(config, "other", []) is None


def test_a_report_says_the_smallest_setting_that_is_enough(config, found, folder):
    """All right on: units 2: 0 of 40, units 4: 36 of 40 (76 to 96 %), units 8: 40 of 40 (91 to 100 %)."""
    counts = {2: [0] * 40, 4: [10] * 36 + [9] * 4, 8: [10] * 40}
    runs = [run for units, each in counts.items() for run in cell(config, f"units={units},epochs=5", each)]
    runs += cell(config, "units=2,epochs=6", [10] * 40)
    failed = [failure(config, "units=8,epochs=6", seed) for seed in range(3)]
    (sweep,) = found(runs, failed)
    told = reach.tell(config, sweep.cells, "right")
    assert told.words == "A seed succeeds where right is all right"
    assert told.tables["units"] == [
        {"epochs": "5", "smallest units": "4", "interval": "4 to 8", "again too few at": ""},
        {"epochs": "6", "smallest units": "2", "interval": "2", "again too few at": "8"},
    ]
    text = pages.write("0900_guess", selection.Recorded(folder / "runs")).read_text()
    assert "The smallest `units`, of the values tried, with which 90 % or more of the seeds succeed:" in text
    assert "| 5 | 4 | 4 to 8 |  |" in text
    drawn = folder / "runs" / "0900_guess" / "sweep1_right_units_against_epochs.svg"
    assert drawn.name in text
    before = drawn.read_bytes()
    pages.write("0900_guess", selection.Recorded(folder / "runs"))
    assert drawn.read_bytes() == before


def test_a_run_that_failed_is_a_seed_that_did_not_succeed(config, found):
    (sweep,) = found(cell(config, "units=4", [10] * 9), [failure(config, "units=4", seed) for seed in (9, 10)])
    assert reach.rates(sweep.cells, "right", reach.parse("all right"))["units=4"].estimate == 9 / 11


def test_where_no_value_is_enough_there_is_no_table(config, found):
    (sweep,) = found([run for units in (2, 4) for run in cell(config, f"units={units}", [3] * 5)])
    assert reach.tell(config, sweep.cells, "right").tables == {"units": []}


def test_a_setting_that_makes_a_task_harder_has_no_smallest_value(config, found, folder):
    runs = [run for units, right in ((2, 10), (4, 10), (8, 3)) for run in cell(config, f"units={units}", [right] * 5)]
    (sweep,) = found(runs)
    assert reach.tell(config, sweep.cells, "right").tables == {"units": []}
    text = pages.write("0900_guess", selection.Recorded(folder / "runs")).read_text()
    assert "No `units` larger than the smallest that was tried makes 90 % of the seeds succeed where that one" in text


def cells_of(smallest):
    """A grid of lag × units with the smallest units that are enough for each lag, and the rates that say so."""
    grid = {"lag": list(smallest), "units": [4, 8, 16]}
    rates = {
        f"lag={lag},units={units}": rate(1, 0.95, 1) if enough and units >= enough else rate(0.1, 0, 0.3)
        for lag, enough in smallest.items()
        for units in grid["units"]
    }
    return Cells(grid, {}), rates


@pytest.mark.parametrize(
    ("smallest", "far", "drawn"),
    [
        ({1: 4, 2: 8, 8: 16}, True, True),
        ({0: 4, 2: 8, 8: 16}, False, True),  # zero is on no logarithmic axis
        ({1: 4, 2: 8, 3: 16}, False, True),  # too near each other
        ({1: 8, 2: 8}, False, False),
        ({1: 4, 8: None}, False, False),
    ],
)
def test_scaling_is_drawn_on_logarithmic_axes_where_both_reach_far(monkeypatch, smallest, far, drawn):
    scales = []
    monkeypatch.setattr(scaling.figures, "drawn", lambda draw, **_: scales.append(scale_of(draw)) or b"svg")
    found = [(axis, against) for axis, against, _ in scaling.drawn(*cells_of(smallest))]
    assert found == [("units", "lag")] * drawn
    assert scales == [("log", "log") if far else ("linear", "linear")] * drawn


def scale_of(draw):
    from matplotlib.figure import Figure

    figure = Figure()
    draw(figure)
    (axes,) = figure.axes
    return axes.get_xscale(), axes.get_yscale()


def test_what_more_than_all_that_was_tried_may_need_is_a_triangle():
    from matplotlib.figure import Figure

    points = {
        1: reach.Reach(4, 4, 8, 4, 16),
        2: reach.Reach(16, 8, None, 4, 16),
        4: reach.Reach(None, None, None, 4, 16),
    }
    with pytest.MonkeyPatch.context() as patch:
        made = []
        patch.setattr(scaling.figures, "drawn", lambda draw, **_: made.append(draw))
        scaling.figure({"": points}, "units", "lag", [4, 8, 16])
    figure = Figure()
    made[0](figure)
    lines = figure.axes[0].get_lines()
    triangles = [line for line in lines if line.get_marker() == "^"]
    assert [(line.get_xdata()[0], line.get_markerfacecolor()) for line in triangles] == [(2, "#0072b2"), (4, "white")]
    assert all(line.get_ydata()[0] > 16 for line in triangles)
    assert [*lines[0].get_ydata()[:2]] == [4, 16]
