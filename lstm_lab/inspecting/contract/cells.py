"""The cells of the state contract, measured on the Keras backend of this process.

`contract.measure` runs it as `python -m lstm_lab.inspecting.contract.cells ROWS.json`. Every cell has a new network
with the same weights: LSTM(3) → Dense(1) on a batch of 4 rows, 3 time steps and 2 features. The learning rate of its
SGD is 0, so that the answer of a call depends only on the state that the call starts from.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np

from lstm_lab import state
from lstm_lab.inspecting.contract import ASKED
from lstm_lab.inspecting.contract.network import (
    BATCH,
    CALLS,
    CLOSE,
    EMPTY,
    FEATURES,
    OVER_BATCHES,
    WEIGHTS,
    Call,
    Cell,
    X,
    cell,
    close,
    compared,
    moved,
    network,
    reason,
    reference,
    targets,
)


def carried_between_calls() -> Iterator[Cell]:
    """Two calls with X: does the second start from the state that the first ended with?"""
    expected = reference(1), reference(2)

    def ask(model, call: Call):
        return compared([call(model, X), call(model, X)], expected, model)

    question = "is state carried from one call to the next?"
    for name, call in CALLS.items():
        yield cell(question, name, ask, network(), call)
        if name in ("fit", "train_on_batch"):  # Keras may use a fused kernel, or its own loop over the steps
            yield cell(question, f"{name}, LSTM(use_cudnn=False)", ask, network(use_cudnn=False), call)
    for name in OVER_BATCHES:
        model = network(use_cudnn=False)
        state.carry(model)
        yield cell(question, f"{name}, after state.carry", ask, model, CALLS[name])


def carried_between_batches() -> Iterator[Cell]:
    """One call over two batches, both X: the mean of their squared answers shows where the second starts."""
    first, second = reference(1), reference(2)
    x = np.concatenate([X, X])

    def ask(call: Call):
        model = network(use_cudnn=False)
        return compared([first, 2 * call(model, x) - first], (first, second), model, "two batches")

    for name in OVER_BATCHES:
        yield cell("is state carried from batch to batch?", name, ask, CALLS[name])


def reset_is_seen() -> Iterator[Cell]:
    """A call from a state that is not zero, a reset, the same call again: does that start from zero?"""
    fresh, later = reference(1), reference(2)

    def ask(call: Call):
        model = network(use_cudnn=False)
        model(X)
        call(model, X)
        state.reset(model)
        value = call(model, X)
        evidence = f"mean squared answer {value:.6f}; from zero {fresh:.6f}, from the state before {later:.6f}"
        if close(value, fresh):
            return "yes", evidence
        return ("no: starts from the state of its first call" if close(value, later) else "?"), evidence

    for name in ("model(x)", *OVER_BATCHES):
        yield cell("does a reset reach the next call?", name, ask, CALLS[name])


def validation_moves_state() -> Iterator[Cell]:
    """The same fit with and without validation data: is the state afterwards the same?"""

    def ask():
        without, with_it = network(use_cudnn=False), network(use_cudnn=False)
        for model, validation in ((without, None), (with_it, (X, targets(X)))):
            model.fit(X, targets(X), batch_size=BATCH, shuffle=False, verbose=0, validation_data=validation)
        apart = state.get(without).distance(state.get(with_it))
        evidence = f"largest difference of the states after fit with and without validation {apart:.6f}"
        if not moved(without):
            return "no: there is none, fit dropped it", evidence
        return ("yes" if apart > CLOSE else "no"), evidence

    yield cell("does validation move the state?", "fit", ask)


def epochs_reset() -> Iterator[Cell]:
    """Two epochs of one batch: does the second start from the state that the first ended with?"""

    def ask():
        model = network(use_cudnn=False)
        loss = model.fit(X, targets(X), batch_size=BATCH, shuffle=False, verbose=0, epochs=2).history["loss"]
        answer, evidence = compared(loss, (reference(1), reference(2)), model, "two epochs")
        return {"carried": "no, carried", "dropped": "every batch starts alike"}.get(answer, answer), evidence

    yield cell("does a new epoch reset the state?", "fit", ask)


def partial_batch() -> Iterator[Cell]:
    """A last batch with fewer rows than the state: does it raise?"""

    def ask(name: str, rest: int):
        model, x = network(use_cudnn=False), np.concatenate([X, X[:rest]])
        if name not in ("model(x)", "predict"):
            return "passes in silence", f"{name} of {len(x)} samples gave {CALLS[name](model, x):.6f}"
        if name == "model(x)":
            x = x[BATCH:]
        shape = tuple((model(x) if name == "model(x)" else model.predict(x, batch_size=BATCH, verbose=0)).shape)
        silent = "passes in silence" if shape[0] == len(x) else f"{shape[0]} answers for {len(x)} samples"
        return silent, f"{len(x)} samples gave answers of shape {shape}"

    for rest in range(1, BATCH):
        for name in ("model(x)", *OVER_BATCHES):
            yield cell(f"last batch with {rest} of {BATCH} rows", name, ask, name, rest)


def after_a_failure() -> Iterator[Cell]:
    """A last batch that raises, then a full batch: does that work?"""

    def ask(call: Call):
        model = network(use_cudnn=False)
        try:
            call(model, np.concatenate([X, X[:2]]))
        except Exception as error:
            evidence = f"after a {type(error).__name__} "
        else:
            return "it did not raise", f"{BATCH + 2} samples passed"
        try:
            return "yes", f"{evidence}predict gave {CALLS['predict'](model, X):.6f}"
        except Exception as error:
            return "no", f"{evidence}predict raised {type(error).__name__}: {reason(error)}"

    for name in OVER_BATCHES:
        yield cell("can the model be used after a last batch that raised?", name, ask, CALLS[name])


def masks() -> Iterator[Cell]:
    """Masked steps: is the answer the same as without them, and is the state kept?"""
    empty = np.full((BATCH, 2, FEATURES), EMPTY, "float32")
    expected = reference(1)
    placed = {
        "left": np.concatenate([empty, X], axis=1),
        "right": np.concatenate([X, empty], axis=1),
        "in the middle": np.concatenate([X[:, :1], empty, X[:, 1:]], axis=1),
    }

    def ask(call: Call, x):
        value = call(network(masked=True, steps=x.shape[1]), x)
        evidence = f"mean squared answer {value:.6f}; without the masked steps {expected:.6f}"
        return ("as if they were not there" if close(value, expected) else "another answer"), evidence

    for where, x in placed.items():
        for name in ("model(x)", "predict"):
            yield cell(f"masked steps {where}", name, ask, CALLS[name], x)

    def kept():
        model = network(masked=True)
        answered = keras.ops.convert_to_numpy(model(X))
        before = state.get(model)
        masked = keras.ops.convert_to_numpy(model(np.full_like(X, EMPTY)))
        apart = state.get(model).distance(before)
        zero = np.abs(masked - WEIGHTS[-1]).max()
        same = np.abs(masked - answered).max()
        evidence = (
            f"state moved by {apart:.6f}; the answer differs from the one before by {same:.6f}, "
            f"from that of an output of zeros by {zero:.6f}"
        )
        answer = "the answer before" if same < CLOSE else "the answer to zeros" if zero < CLOSE else "another answer"
        return f"state {'kept' if apart == 0 else 'moved'}; gives {answer}", evidence

    yield cell("a call whose steps are all masked", "model(x)", kept)


def saving() -> Iterator[Cell]:
    """Save, load, compare weights and state."""
    model = network()
    model(X)
    before = state.get(model)

    def ask(file: str, save, load):
        other = network()
        other.set_weights([weight * 0 for weight in WEIGHTS])
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder, file))
            save(path)
            other = load(path, other) or other
        weights = all(np.array_equal(a, b) for a, b in zip(model.get_weights(), other.get_weights(), strict=True))
        apart = state.get(other).distance(before)
        evidence = f"weights {'equal' if weights else 'differ'}, largest difference of the states {apart:.6f}"
        return f"weights {'yes' if weights else 'no'}, state {'yes' if apart == 0 else 'no'}", evidence

    for call, file, save, load in (  # load(path, new model) gives a model, or fills the new one
        ("save, load_model", "m.keras", model.save, lambda path, _: keras.models.load_model(path)),
        (
            "save_weights, load_weights",
            "m.weights.h5",
            model.save_weights,
            lambda path, new: new.load_weights(path),
        ),
        ("get_weights, set_weights", "", lambda _: None, lambda _, new: new.set_weights(model.get_weights())),
        ("state.save, state.load", "m.lstm", lambda path: state.save(model, path), lambda path, _: state.load(path)),
    ):
        yield cell("what does it keep?", call, ask, file, save, load)


QUESTIONS = (
    carried_between_calls,
    carried_between_batches,
    reset_is_seen,
    epochs_reset,
    validation_moves_state,
    partial_batch,
    after_a_failure,
    masks,
    saving,
)


def measure() -> list[dict[str, str]]:
    """All cells on this process' backend."""
    backend = keras.backend.backend()
    about = {"backend": backend, "version": _version(backend), "keras": keras.__version__}
    rows: list[dict[str, str]] = []
    for ask in QUESTIONS:
        for question, call, answer, evidence in ask():
            if not rows or question != rows[-1]["question"]:
                print(f"{ASKED}{question}", flush=True)
            rows.append({**about, "question": question, "call": call, "answer": answer, "evidence": evidence})
    return rows


def _version(backend: str) -> str:
    for package in (backend, f"{backend}-cpu"):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "of unknown version"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(measure(), ensure_ascii=False), "utf-8")
