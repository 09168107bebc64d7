"""What reports say of sweeps: cells that the TOML file's grid has not, and what can be read from a grid."""

import made_up
import pytest

from lstm_lab.judging.measures import Count
from lstm_lab.report import overview, pages, selection, sweeps

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
    assert "1 to 2 seeds a cell; cells without runs: 2 of 4." in section
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
