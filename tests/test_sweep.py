"""`lstm-lab sweep` on a tiny experiment: what it says before it starts, records, leaves out, and refuses."""

import re

import pytest
import tiny

from lstm_lab import compiled
from lstm_lab.suite import catalogue, planning
from lstm_lab.suite.draws import stream
from lstm_lab.suite.results import Store

SEEDS = 4
DRAWN = [int(stream(seed, "data").integers(100)) for seed in range(SEEDS)]  # a seed below `bad` fails


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tiny.checkout(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def lab(folder, lab):
    """The commands, in the folder of the tiny experiment."""
    return lab


def export(lab, results):
    status, out, _ = lab("export", "0930", "--results", results)
    assert status == 0
    return out


@pytest.mark.slow
def test_a_sweep_that_goes_on_leaves_the_bytes_of_a_whole_one(lab):
    over = ("sweep", "0930", "--over", "units=2,3", "--over", "lag=0..1")
    status, out, _ = lab(*over, "--seeds", "4", "--results", "whole")
    assert status == 0
    assert "4 cells, 4 seeds each: 16 runs to do" in out
    assert "in_order" in out
    assert lab(*over, "--seeds", "1", "--seed", "2", "--results", "parts")[0] == 0
    assert lab(*over, "--seeds", "2", "--results", "parts")[0] == 0
    status, out, _ = lab(*over, "--seeds", "4", "--results", "parts")
    assert "16 runs to do" not in out
    assert "4 cells, 4 seeds each: 4 runs to do, 12 are there already" in out
    assert export(lab, "whole") == export(lab, "parts")
    assert export(lab, "whole").count('"seed"') == 16
    status, out, _ = lab(*over, "--seeds", "4", "--results", "parts")
    assert (status, "0 runs to do, 16 are there already" in out) == (0, True)


def test_cells_that_cannot_be_are_listed_and_the_others_are_trained(lab, folder):
    status, out, _ = lab("sweep", "0930", "--over", "lag=0..3", "--over", "units=2,3", "--seeds", "1")
    assert status == 0
    assert "4 of 8 cells cannot be trained:" in out
    assert re.search(r"units=2,lag=2.*: lag is as long as the sample: use fewer", " ".join(out.split()))
    assert out.index("cannot be") < out.index("runs to do")
    cells = {record["variant"] for record in Store(folder / "runs", tiny.NAME).records()}
    assert cells == {"units=2,lag=0", "units=2,lag=1", "units=3,lag=0", "units=3,lag=1"}


def test_a_run_that_fails_is_recorded_and_is_not_tried_again_by_itself(lab, folder):
    bad = DRAWN[0]  # seed 0 is tried as the cells are checked
    fail = {seed for seed, drawn in enumerate(DRAWN) if drawn < bad}
    assert 0 < len(fail) < SEEDS
    sweep = ("sweep", "0930", "--over", f"bad=0,{bad}", "--seeds", str(SEEDS))
    status, out, _ = lab(*sweep)
    assert status == 0
    assert f"{len(fail)} of {SEEDS} seeds" in out
    store = Store(folder / "runs", tiny.NAME)
    failed = {(record["variant"], record["seed"]): record["reason"] for record in store.failures()}
    assert failed.keys() == {(f"bad={bad}", seed) for seed in fail}
    assert all(reason.endswith("these are bad symbols") for reason in failed.values())
    assert len(store.records()) == 2 * SEEDS - len(fail)
    before = (folder / "runs" / tiny.NAME / "failures.jsonl").read_bytes()
    (folder / "runs" / tiny.NAME / "REPORT.md").unlink()  # as if it had been stopped before its report
    status, out, _ = lab(*sweep)
    assert (folder / "runs" / tiny.NAME / "REPORT.md").exists()
    said = f"0 runs to do, {2 * SEEDS - len(fail)} are there already; {len(fail)} failed before: --retry-failed tries"
    assert said in " ".join(out.split())
    assert (folder / "runs" / tiny.NAME / "failures.jsonl").read_bytes() == before
    script = folder / "experiments" / f"{tiny.NAME}.py"
    script.write_text(script.read_text().replace("< settings.bad", "< 0 * settings.bad"))
    status, out, _ = lab(*sweep, "--retry-failed")
    assert f"{len(fail)} runs to do" in out
    assert "are tried again" in " ".join(out.split())
    assert store.failures() == []
    assert len(store.records()) == 2 * SEEDS


REFUSED = [
    (("--over", "unit=4"), "setting 'unit' is unknown: did you mean units?"),
    (("--over", "units=4", "--over", "units=8"), "--over names setting 'units' twice"),
    (("--over", "units=4,8", "--set", "units=3"), "setting 'units' is in --set and among what is varied"),
    (("--over", "units="), "--over 'units=' has no value"),
    (("--over", "units"), "--over 'units': write it as --over units=4,8,16"),
    (("--over", "=4"), "--over '=4': write it as"),
    (("--over", "units=4,4"), "use each value once"),
    (("--over", "units=9..1"), "'9..1' has no value: write the smaller number first"),
    (("--over", "units=1..999999999999"), "the range 1..999999999999 of a setting: this would take"),
    (("--over", "units=1..99999", "--over", "samples=1..99999"), " cells: this would take"),
    (("--over", "units=2,3", "--seeds", "999999999999"), "this would take"),
    (("--over", "units=x"), "units"),
    (("--over", "lag=7,8"), "no cell can be trained: lag is as long as the sample: use fewer"),
    ((), "0930_tiny has no grid of its own: name what to vary, as in --over units=4,8,16"),
    (("--over", "units=2", "--seeds", "1001"), "--yes starts them without asking"),
    (("--over", "units=2", "--workers", "2", "--jobs", "2"), "--workers and --jobs: each says where to train"),
    (("--over", "units=2", "--workers", "2", "--device", "gpu"), "--workers 2: one process alone uses the GPU"),
    (("--over", "units=2", "--trainer", "keras", "--device", "cpu"), "--device cpu: Keras chooses its device"),
    (("--over", "units=2", "--dask", "nowhere"), "--dask nowhere: no scheduler answers there"),
    (("--over", "units=2", "--dask", ""), "--dask"),
    (("--over", "units=2", "--dask", "tcp://127.0.0.1:1"), "--dask tcp://127.0.0.1:1: no scheduler answers there"),
    (("--over", "units=2", "--data", "none.txt"), "data is 'none.txt': there is no such file"),
    (("--over", "units=2", "--start", "literal"), "start is literal with the compiled trainer"),
]


@pytest.mark.parametrize(("options", "says"), REFUSED, ids=[" ".join(options) or "nothing" for options, _ in REFUSED])
def test_what_cannot_be_swept_is_one_line_and_nothing_is_written(lab, folder, monkeypatch, options, says):
    if "--dask" in options:
        cluster = pytest.importorskip("lstm_lab.suite.engines.cluster")
        monkeypatch.setattr(cluster, "CONNECTING", 0.2)
    status, _, err = lab("sweep", "0930", *options)
    assert (status, err.count("\n"), err[:10]) == (2, 1, "lstm-lab: "), err
    assert says in err
    assert not (folder / "runs").exists()


def test_a_cell_that_diverges_at_once_can_be_timed(folder, monkeypatch):
    def diverges(*given, **options):
        raise compiled.TrainingDiverged("at update 0")

    monkeypatch.setattr(compiled, "train", diverges)
    declared = catalogue.load_script(folder / "experiments" / f"{tiny.NAME}.py")
    (part,) = planning.timed(planning.planned(declared, planning.Request(), weigh=True))
    assert part.cost >= planning.SHORTEST * 0.99
