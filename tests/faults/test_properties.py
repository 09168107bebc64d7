"""Whatever is put in: an answer, or a ValueError of one line. No traceback, no hang, not much memory, nothing lost.

Hypothesis makes up the input. `make test` has some examples of each kind, `make faults` many times more.
"""

import json
import string
import tempfile
from pathlib import Path

import made_up
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_input import ANYTHING, answered, damaged, examples, little_memory

from lstm_lab import preparing, schedule
from lstm_lab.datasets import alphabet, echo
from lstm_lab.framing import time_steps
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import canonical
from lstm_lab.suite.settings import read_config
from lstm_lab.suite.written import parse_assignments

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("little_memory")]
__all__ = ["little_memory"]


class TestSettings:
    @examples(60)
    @given(st.lists(st.text(max_size=60), max_size=3))
    def test_assignments(self, texts):
        answered(parse_assignments, texts)

    @examples(60)
    @given(st.sampled_from(["units", "epochs", "batch_size", "carry", "text", "lag"]), st.text(max_size=60))
    def test_a_value_as_it_is_typed(self, name, text):
        config = catalogue.config("0150_alphabet_stateful")
        overrides = answered(parse_assignments, [f"{name}={text}"])
        if overrides is not None:
            answered(config.resolve, overrides=overrides)

    @examples(60)
    @given(st.dictionaries(st.one_of(st.sampled_from(["units", "epochs", "carry"]), st.text(max_size=9)), ANYTHING))
    def test_values(self, overrides):
        answered(catalogue.config("0150_alphabet_stateful").resolve, overrides=overrides)

    @examples(60)
    @given(st.text(max_size=300))
    def test_names(self, text):
        answered(catalogue.find, text)
        answered(catalogue.variant, text)


class TestFiles:
    @examples(60)
    @given(st.data())
    def test_toml_files(self, data):
        with tempfile.TemporaryDirectory() as folder:
            path = made_up.checkout(Path(folder)) / "configs" / "0900_guess.toml"
            whole = path.read_bytes() + made_up.claim("at least 0.9").encode()
            path.write_bytes(data.draw(damaged(whole)))
            answered(read_config, path)

    @examples(60)
    @given(st.data())
    def test_runs_are_read_as_they_were_written_or_refused_and_never_lost(self, data):
        with tempfile.TemporaryDirectory() as folder:
            config = made_up.guess(made_up.checkout(Path(folder)))
            store = made_up.write(Path(folder) / "runs", [made_up.record(config, seed) for seed in range(3)])
            lines = {canonical([record]) for record in store.records()}
            store.runs.write_bytes(changed := data.draw(damaged(store.runs.read_bytes())))
            read = answered(store.records)
            assert {canonical([record]) for record in read or []} <= lines

            def append():
                with store.writing() as writer:
                    writer.append(made_up.record(config, 9))

            answered(append)
            kept = b"".join(path.read_bytes() for path in sorted(store.folder.glob("runs.jsonl*")))
            assert all(line in kept for line in changed.split(b"\n"))

    @examples(60)
    @given(st.data())
    def test_scaler_files(self, data):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "scaler.json"
            preparing.Scaler("normalise").fit(np.arange(12.0).reshape(6, 2)).save(path)
            path.write_bytes(data.draw(damaged(path.read_bytes())))
            answered(preparing.Scaler.load, path)

    @examples(60)
    @given(ANYTHING)
    def test_scaler_files_of_json(self, content):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "scaler.json"
            path.write_text(json.dumps(content, default=str))
            answered(preparing.Scaler.load, path)

    @examples(60)
    @given(
        st.one_of(
            st.binary(max_size=200),
            st.text(alphabet=string.digits + ",;.- \t\n\"'\r", max_size=200).map(str.encode),
            st.lists(st.integers(-(10**12), 10**12), max_size=40).map(lambda n: "\n".join(map(str, n)).encode()),
        )
    )
    def test_csv_files(self, content):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "numbers.csv"
            path.write_bytes(content)
            values = answered(echo.read_integers, path, None, None)
            if values is not None and len(values) > 6:
                pairs = answered(echo.pairs, values, lag=1, context=2, classes=int(values.max()) + 1)
                if pairs is not None:
                    answered(time_steps, pairs, coding="one_hot")


class TestArguments:
    @examples(60)
    @given(ANYTHING, ANYTHING)
    def test_datasets(self, first, second):
        answered(alphabet.pairs, first, second)
        answered(echo.draw, first, np.random.default_rng(0))
        answered(schedule.truncated, first, second)

    @examples(60)
    @given(ANYTHING)
    def test_preparing(self, data):
        answered(preparing.pad, data)
        answered(lambda: preparing.Scaler("normalise").fit(data))
        answered(preparing.Categories, data)
        answered(preparing.text.encode, data)

    @examples(60)
    @given(st.lists(st.lists(st.floats(width=64), min_size=2, max_size=2), min_size=1, max_size=8))
    def test_scalers_go_there_and_back(self, rows):
        data = np.array(rows)
        scaler = answered(lambda: preparing.Scaler("normalise").fit(data))
        if scaler is not None:
            scaled = answered(scaler.transform, data)
            assert scaled is None or np.isfinite(scaled).all()
