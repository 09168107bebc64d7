"""The state contract, measured: what is asserted here is what was seen with Keras 3.15.1, by question and call."""

import importlib.util
import io
import os
import sys
from contextlib import redirect_stdout

import keras
import pytest
from rich.console import Console

from lstm_lab.inspecting import contract
from lstm_lab.inspecting.contract import cells, network

KEYS = {"backend", "version", "keras", "question", "call", "answer", "evidence"}


def needs(backend):
    missing = importlib.util.find_spec(backend) is None
    return pytest.param(backend, marks=pytest.mark.skipif(missing, reason=f"{backend} is not installed"))


@pytest.fixture(scope="module", params=[needs(backend) for backend in contract.BACKENDS])
def measured(request):
    rows = contract.measure(request.param)
    assert all(set(row) == KEYS and row["backend"] == request.param for row in rows)
    answers = {(row["question"], row["call"]): row["answer"] for row in rows}
    assert len(answers) == len(rows)  # no cell twice
    return request.param, answers


def asked(measured, question):
    return {call: answer for (q, call), answer in measured[1].items() if q.startswith(question)}


@pytest.mark.slow
def test_which_calls_carry_state(measured):
    backend, carried = measured[0], asked(measured, "is state carried from one call")
    for call, answer in carried.items():
        if call == "model(x)" or "state.carry" in call:
            expected = "carried"
        elif backend == "jax":
            expected = "dropped"
        elif backend == "torch" and call in ("fit", "train_on_batch"):
            expected = "raises"
        else:
            expected = "carried"
        assert (call, answer) == (call, expected)
    assert len(carried) == 12
    between = asked(measured, "is state carried from batch")
    assert set(between.values()) == {"dropped" if backend == "jax" else "carried"}
    assert set(between) == {"fit", "evaluate", "predict"}


@pytest.mark.slow
def test_what_resets_and_moves_it(measured):
    jax = measured[0] == "jax"
    reset = asked(measured, "does a reset reach")
    assert reset.pop("model(x)") == "yes"
    assert set(reset.values()) == {"no: starts from the state of its first call" if jax else "yes"}
    assert asked(measured, "does validation") == {"fit": "no: there is none, fit dropped it" if jax else "yes"}
    assert asked(measured, "does a new epoch") == {"fit": "every batch starts alike" if jax else "no, carried"}


@pytest.mark.slow
def test_a_partial_last_batch(measured):
    one = asked(measured, "last batch with 1 of 4")
    if measured[0] == "tensorflow":
        assert one == {
            "model(x)": "raises",
            "fit": "passes in silence",
            "evaluate": "passes in silence",
            "predict": "8 answers for 5 samples",
        }
    else:
        assert set(one.values()) == {"raises"}
    for rest in (2, 3):
        assert set(asked(measured, f"last batch with {rest} of 4").values()) == {"raises"}


@pytest.mark.slow
def test_a_failure_may_cost_the_model(measured):
    lost = "no" if measured[0] == "jax" else "yes"
    usable = asked(measured, "can the model be used after")
    assert usable == {"fit": "yes", "evaluate": lost, "predict": lost}


@pytest.mark.slow
def test_masks_and_files(measured):
    for where in ("left", "right", "in the middle"):
        assert set(asked(measured, f"masked steps {where}").values()) == {"as if they were not there"}
    answered = "before" if measured[0] == "jax" else "zeros"
    whole = asked(measured, "a call whose steps are all masked")["model(x)"]
    assert whole.startswith("state kept; gives the answer")
    assert whole.endswith(answered)
    assert asked(measured, "what does it keep?") == {
        "save, load_model": "weights yes, state no",
        "save_weights, load_weights": "weights yes, state no",
        "get_weights, set_weights": "weights yes, state no",
        "state.save, state.load": "weights yes, state yes",
    }


def test_what_the_numbers_are_read_as():
    model = network.network()
    first, second = network.reference(1), network.reference(2)
    assert abs(first - second) > 100 * network.CLOSE  # else carried and dropped would look alike
    assert network.compared([first, first], (first, second), model)[0] == "dropped"
    assert network.compared([first, second], (first, second), model)[0] == "?"  # the answers moved, the state did not
    model(network.X)
    assert network.compared([first, second], (first, second), model)[0] == "carried"
    assert network.compared([first, first], (first, second), model)[0] == "?"
    assert network.compared([second, second], (first, second), model)[0] == "?"


def test_what_a_call_raises_is_an_answer_without_colours_or_frames():
    def broken():
        raise RuntimeError("Graph execution error:\n\n  File x\n\x1b[1mshapes differ\x1b[0m\nmore")

    assert network.cell("q", "c", broken) == ("q", "c", "raises", "RuntimeError: shapes differ")


def test_this_process_agrees_on_the_direct_call():
    _, call, answer, evidence = next(cells.carried_between_calls())
    assert (call, answer) == ("model(x)", "carried")
    assert "the stored state moved" in evidence
    assert keras.backend.backend() in contract.BACKENDS


def test_the_table_has_backends_side_by_side():
    about = {"keras": "3.0", "version": "1.0", "evidence": ""}
    rows = [
        {**about, "backend": "jax", "question": "carried?", "call": "fit", "answer": "dropped"},
        {**about, "backend": "torch", "question": "carried?", "call": "fit", "answer": "raises"},
        {**about, "backend": "torch", "question": "carried?", "call": "more", "answer": "yes"},
    ]
    long = {"question": "and this?", "call": "train_on_batch, LSTM(use_cudnn=False)"}
    rows += [{**about, **long, "backend": "jax", "answer": "no: starts from the state of its first call"}]
    console = Console(file=io.StringIO(), width=80)
    console.print(contract.table(rows))
    lines = console.file.getvalue().splitlines()
    assert "…" not in console.file.getvalue()
    assert "no: starts from the state" in console.file.getvalue()
    assert "State contract of Keras 3.0" in lines[0]
    assert any("jax 1.0" in line and "torch 1.0" in line for line in lines)
    assert any("fit" in line and line.index("dropped") < line.index("raises") for line in lines if "dropped" in line)
    assert any("more" in line and "–" in line for line in lines)


def test_each_question_is_told_as_it_is_answered(monkeypatch, tmp_path):
    asking = f"print('{contract.ASKED}is it carried?'); print('else'); open({str(tmp_path / 'x')!r}, 'w')"
    told: list[str] = []
    with open(tmp_path / "errors", "w") as errors:
        assert contract._followed([sys.executable, "-c", asking], dict(os.environ), errors, told.append) == 0
    assert told == ["is it carried?"]
    assert (tmp_path / "x").exists()

    def answers():
        yield "carried?", "fit", "yes", ""
        yield "carried?", "predict", "yes", ""
        yield "reset?", "fit", "no", ""

    monkeypatch.setattr(cells, "QUESTIONS", [answers])
    with redirect_stdout(io.StringIO()) as said:
        assert len(cells.measure()) == 3
    assert said.getvalue() == f"{contract.ASKED}carried?\n{contract.ASKED}reset?\n"


@pytest.mark.slow
def test_a_backend_that_is_unknown_or_fails_is_named(monkeypatch):
    with pytest.raises(ValueError, match="backend is 'theano': use one of tensorflow, jax, torch"):
        contract.measure("theano")
    monkeypatch.setattr(contract, "installed", lambda: ["jax"])
    with pytest.raises(ValueError, match="'torch', which is not installed: use jax"):
        contract.measure("torch")
    monkeypatch.setenv("JAX_PLATFORMS", "nonsense")
    with pytest.raises(ValueError, match=r"could not be measured on jax: .*nonsense"):
        contract.measure("jax")
