"""`lstm-lab export`: runs of variants, and a table in long form for somebody's own pandas."""

import sys

import made_up
import pandas as pd
import pytest

from lstm_lab.judging.measures import Count, Number
from lstm_lab.report import tidy


def failed(config, name, seed):
    record = made_up.record(config, seed, name)
    kept = ("experiment", "config", "variant", "trainer", "start", "seed", "settings")
    return {part: record[part] for part in kept} | {"reason": "no memory"}


@pytest.fixture
def runs(folder):
    """A folder with runs of two variants and one that failed, in no order."""
    config = made_up.guess(folder)
    records = [made_up.record(config, seed, name) for name, seed in (("main", 1), ("deaf", 0), ("main", 0))]
    store = made_up.write(folder / "runs", records)
    with store.writing() as writer:
        writer.append_failure(failed(config, "units=2", 3))
    return folder / "runs"


@pytest.mark.parametrize(("file", "read"), [("runs.csv", pd.read_csv), ("runs.parquet", pd.read_parquet)])
def test_a_table_has_a_row_for_each_run_and_measure_and_for_what_failed(runs, lab, file, read):
    status, out, _ = lab("export", "0900", "--results", str(runs), "--tidy", file)
    assert status == 0
    assert out.endswith(f"10 rows of 4 runs: {file}\n")
    table = read(file)
    assert list(zip(table.variant, table.seed, strict=True)) == (
        [("deaf", 0)] * 3 + [("main", 0)] * 3 + [("main", 1)] * 3 + [("units=2", 3)]
    )
    assert list(table.measure[:3]) == ["right", "said", "loss"]
    count, text, number = (row for _, row in table[:3].iterrows())
    assert (count["score"], count["right"], count["asked"], count["chance"], count["lookup_table"]) == (
        0.9,
        9,
        10,
        1,
        5,
    )
    assert (count["setting.units"], count["setting.epochs"], count["seconds"], count["device"]) == (1, 10, 0.25, "cpu")
    assert (text["kind"], text["text"], number["kind"], number["value"]) == ("text", "AB", "number", 0.5)
    assert table.isna().loc[1, ["score", "right", "value", "chance", "failed"]].all()
    last = table.loc[9]
    assert (last["failed"], last["setting.units"]) == ("no memory", 2)
    assert table.isna().loc[9, ["measure", "kind", "score", "seconds", "device"]].all()


def test_the_order_of_the_runs_does_not_matter(folder):
    config = made_up.guess(folder)
    records = [made_up.record(config, seed, name) for name in ("main", "deaf") for seed in range(3)]
    one, other = (tidy.frame(each, [failed(config, "units=2", 3)]) for each in (records, records[::-1]))
    pd.testing.assert_frame_equal(one, other)


def test_settings_of_any_type_share_a_column(folder):
    config = made_up.guess(folder)
    settings = ({"units": 4, "rate": 1}, {"rate": 0.5, "sizes": [1, 2]}, {"units": 2**70, "on": True})
    table = tidy.frame(made_up.record(config, seed, settings=each) for seed, each in enumerate(settings))
    rows = table[::3].reset_index()
    assert list(rows["setting.units"]) == ["4", pd.NA, str(2**70)]
    assert list(rows["setting.rate"]) == [1.0, 0.5, pd.NA]
    assert list(rows["setting.sizes"]) == [pd.NA, "[1, 2]", pd.NA]
    assert list(rows["setting.on"]) == [pd.NA, pd.NA, True]


def test_numbers_of_any_size_are_kept(folder):
    measures = {"large": Number(2**62), "half": Count(0.5, 1), "none": Count(0, 0)}
    table = tidy.frame([made_up.record(made_up.guess(folder), 0, measures=measures)])
    assert list(table.value)[:1] == [2.0**62]
    assert list(table.right)[1:] == [0.5, 0]
    assert table.score.isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("runs.xlsx", "--tidy runs.xlsx: its ending should be .csv or .parquet"),
        ("gone/runs.csv", "there is no folder gone, make it first"),
        ("mine.csv", "--tidy mine.csv is there already: remove it, or name another file"),
    ],
)
def test_a_file_that_cannot_be_is_refused_before_anything_is_read(folder, lab, file, said):
    (folder / "mine.csv").write_text("mine")
    status, out, err = lab("export", "0900", "--results", "nowhere", "--tidy", file)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert (folder / "mine.csv").read_text() == "mine"


def test_parquet_without_pyarrow_is_one_line(runs, lab, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    status, _, err = lab("export", "0900", "--results", str(runs), "--tidy", "runs.parquet")
    assert status == 2
    assert "Parquet needs pyarrow: pip install lstm-lab[parquet], or name a file that ends in .csv" in err
    assert lab("export", "0900", "--results", str(runs), "--tidy", "runs.csv")[0] == 0


def test_a_variant_is_exported_alone_and_all_of_them_together(runs, lab):
    def exported(*ids):
        status, out, _ = lab("export", *ids, "--results", str(runs))
        assert status == 0
        return [line.split('"variant": "')[1].split('"')[0] for line in out.splitlines()]

    assert exported("0900/deaf") == ["deaf"]
    assert sorted(exported("0900/deaf", "0900/main")) == ["deaf", "main", "main"]
    made_up.write(runs, [made_up.record(made_up.guess(runs.parent), 0, "units=9")])
    assert sorted(exported("0900/all")) == sorted(exported("0900")) == ["deaf", "main", "main", "units=9"]
    status, _, err = lab("export", "0900/dead", "--results", str(runs))
    assert (status, "variant 'dead' is unknown: did you mean deaf?" in err) == (2, True)
    status, _, err = lab("export", "0900/units=3", "--results", str(runs))
    assert (status, "no runs of 0900/units=3 in" in err) == (2, True)
