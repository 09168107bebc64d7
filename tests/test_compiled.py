"""The compiled trainer as a program: what it imports, what makes it compile again, and many seeds at once."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
import textwrap
import warnings
import weakref
from concurrent import futures
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from refusing import refused

from lstm_lab import compiled, framing, models, schedule
from lstm_lab.datasets import alphabet
from lstm_lab.framing.schedule import Schedule
from lstm_lab.models import SGD, Adam
from lstm_lab.trainers import kept
from lstm_lab.trainers.compiled import calls, plan, program, run, running

NETWORK = models.lstm_classifier(5, 8, stateful=True)
FRAMED = framing.time_steps(alphabet.pairs(1, "ABCDEFGH"), coding="one_hot")


def job(seed: int, epochs: int = 20, framed=FRAMED):
    order = schedule.in_sequence(reset="epoch").schedule(framed, epochs)
    return framed, order, NETWORK.initial_weights(framed.steps, framed.features, np.random.default_rng(seed))


def same_bytes(a: compiled.Trained, b: compiled.Trained) -> bool:
    arrays = [
        [*t.weights, *(x for pair in t.state for x in pair), *(x for kept in t.optimizer_state.kept for x in kept),
         *t.history.values()]
        for t in (a, b)
    ]  # fmt: skip
    return all(x.tobytes() == y.tobytes() for x, y in zip(*arrays, strict=True))


def test_nothing_of_keras_tensorflow_pandas_or_scipy_is_imported():
    code = """
        import sys
        import numpy as np
        from lstm_lab import compiled, framing, models, schedule
        from lstm_lab.datasets import alphabet
        framed = framing.time_steps(alphabet.pairs(1))
        network = models.lstm_classifier(3, 26)
        order = schedule.in_batches().schedule(framed, epochs=1)
        weights = network.initial_weights(1, 1, np.random.default_rng(0))
        trained, = compiled.train_seeds(network, [(framed, order, weights)])
        compiled.Predictor(network, trained.weights, framed.codec)(framed.inputs)
        print(*{name.split(".")[0] for name in sys.modules} & {"keras", "tensorflow", "torch", "pandas", "scipy"})
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_results_are_the_same_bytes_whatever_the_number_of_threads():
    jobs = [job(seed) for seed in range(5)]
    alone = [compiled.train(NETWORK, *each) for each in jobs]
    one = compiled.train_seeds(NETWORK, jobs, threads=1)
    three = compiled.train_seeds(NETWORK, [lambda each=each: each for each in jobs], threads=3)
    for a, b, c in zip(alone, one, three, strict=True):
        assert same_bytes(a, b)
        assert same_bytes(a, c)
    assert not same_bytes(alone[0], alone[1])


@pytest.mark.parametrize("method", ["vmap"])
def test_side_by_side_gives_what_threads_give(method, monkeypatch):
    monkeypatch.setitem(run.GROUPS, "cpu", 2)
    jobs = [job(seed) for seed in range(3)]
    for a, b in zip(
        compiled.train_seeds(NETWORK, jobs), compiled.train_seeds(NETWORK, jobs, method=method), strict=True
    ):
        for x, y in zip(a.weights, b.weights, strict=True):
            np.testing.assert_allclose(x, y, atol=1e-5)
        np.testing.assert_allclose(a.history["loss"], b.history["loss"], rtol=1e-4)


def test_epochs_samples_and_rates_are_not_in_the_trace():
    compiled.train(NETWORK, *job(0))
    spec = plan.Plan(NETWORK, *job(0)).spec
    traced = program.compiled(spec, "cpu")._cache_size()
    compiled.train(NETWORK, *job(0, epochs=7, framed=FRAMED.take(slice(5))))
    slower = replace(NETWORK, optimizer=Adam(0.0001))
    compiled.train(slower, *job(0))
    assert plan.Plan(slower, *job(0)).spec == spec
    assert program.compiled(spec, "cpu")._cache_size() == traced


def test_chunks_do_not_change_a_run(monkeypatch):
    framed, order, weights = job(3, epochs=21)
    whole = compiled.train(NETWORK, framed, order, weights)
    monkeypatch.setattr(plan, "CHUNK_NUMBERS", 64)
    assert plan.Plan(NETWORK, framed, order, weights).chunk < order.updates / 5
    assert same_bytes(whole, compiled.train(NETWORK, framed, order, weights))


def test_calls_do_not_change_a_run(monkeypatch):
    framed, order, weights = job(3, epochs=21)
    whole = compiled.train(NETWORK, framed, order, weights)
    one_by_one, told = shorter_calls(monkeypatch), []
    cut = compiled.train(NETWORK, framed, order, weights, progress=lambda *so_far: told.append(so_far))
    assert same_bytes(whole, cut)
    assert len(one_by_one) == len(told) == order.updates
    done, logs = zip(*told, strict=True)
    np.testing.assert_allclose(done, np.arange(1, order.updates + 1) / framed.samples)
    assert [logs[-1], logs[6]] == [{name: each[at] for name, each in cut.history.items()} for at in (-1, 0)]


def shorter_calls(monkeypatch) -> list:
    """Let a call make one update only; each call's part is added to the list."""
    made, add = [], running.History.add
    monkeypatch.setattr(calls, "FIRST_CALL", 1)
    monkeypatch.setattr(calls, "CALL_SECONDS", 0)
    monkeypatch.setattr(calls, "_updates", weakref.WeakKeyDictionary())
    monkeypatch.setattr(running.History, "add", lambda self, *added: (add(self, *added), made.append(added[1])))
    return made


@pytest.mark.parametrize("method", ["threads", "vmap"])
def test_progress_names_the_job(method, monkeypatch):
    shorter_calls(monkeypatch)
    monkeypatch.setitem(run.GROUPS, "cpu", 2)
    told = []
    compiled.train_seeds(
        NETWORK, [job(seed, epochs=2) for seed in range(3)], method=method, progress=lambda *so_far: told.append(so_far)
    )
    ends = {number: max(done for each, done, _ in told if each == number) for number in range(3)}
    assert ends == {0: 2.0, 1: 2.0, 2: 2.0}


@pytest.mark.parametrize("method", ["threads", "vmap"])
def test_jobs_are_stopped_between_calls_and_those_that_are_finished_are_kept(method, monkeypatch):
    made, stop, finished = shorter_calls(monkeypatch), Event(), []
    monkeypatch.setitem(run.GROUPS, "cpu", 1)
    long = job(1, epochs=400)

    def progress(number, done, logs):
        if number == 1 and done > 1:
            stop.set()

    with pytest.raises(futures.CancelledError):
        finished.extend(
            number
            for number, _ in compiled.each_seed(
                NETWORK, [job(0), long, job(2)], threads=1, method=method, stop=stop, progress=progress
            )
        )
    assert finished == [0]
    assert len(made) == 20 * 7 + 8


def test_a_loss_that_is_no_number_is_reported_with_its_update_and_job(monkeypatch):
    monkeypatch.setattr(plan, "CHUNK_NUMBERS", 64)
    rng = np.random.default_rng(0)
    numbers = framing.Framed(
        rng.normal(size=(12, 2, 1)).astype(np.float32), rng.normal(size=(12, 1)).astype(np.float32)
    )
    network = models.lstm_regressor(3, optimizer=SGD(1e5))
    weights = network.initial_weights(2, 1, rng)
    order = schedule.in_batches().schedule(numbers, epochs=10)
    with pytest.raises(
        compiled.TrainingDiverged, match=r"the loss is (nan|inf) at update (\d+), in epoch (\d+): "
    ) as report:
        compiled.train(network, numbers, order, weights)
    update, epoch = (int(word.strip(",:")) for word in str(report.value).split() if word.strip(",:").isdigit())
    assert epoch == (update - 1) // 12 + 1
    for method in ("threads", "vmap"):
        with pytest.raises(compiled.TrainingDiverged, match="job 0: the loss is"):
            compiled.train_seeds(network, [(numbers, order, weights)], method=method)


def diverging():
    """A job of the same network that has no finite loss after its first update."""
    framed, order, weights = job(0)
    return framed, order, [np.full_like(array, 3e38) for array in weights]


@pytest.mark.parametrize("method", ["threads", "vmap"])
def test_a_job_that_goes_wrong_is_called_by_its_name(method):
    names = ["seed 51", "seed 53"]
    with pytest.raises(compiled.TrainingDiverged, match=r"^seed 53: the loss is nan at update 1,"):
        compiled.train_seeds(NETWORK, [job(1), diverging()], names=names, method=method)
    with pytest.raises(ValueError, match=r"^names are 2 for 1 jobs"):
        compiled.train_seeds(NETWORK, [job(1)], names=names)


def test_jobs_finished_or_in_training_are_given_out_before_the_error_of_another(monkeypatch):
    monkeypatch.setattr(run, "wait", lambda those, return_when: futures.wait(those))  # all of them are done at once
    finished = []
    with pytest.raises(compiled.TrainingDiverged, match=r"^job 1: "):
        finished.extend(n for n, _ in compiled.each_seed(NETWORK, [job(0), diverging(), job(2), job(3)], threads=2))
    assert sorted(finished) == [0, 2, 3]


def test_an_interrupt_ends_training_between_chunks_and_keeps_what_is_finished(monkeypatch):
    monkeypatch.setattr(plan, "CHUNK_NUMBERS", 64)
    learnt = []
    add = running.History.add
    monkeypatch.setattr(
        running.History, "add", lambda self, chunk, *rest: (add(self, chunk, *rest), learnt.append(chunk))
    )

    def interrupted(those, return_when=None):
        done = futures.wait(those, return_when=return_when or futures.ALL_COMPLETED)
        if return_when:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(run, "wait", interrupted)
    finished, long = [], job(1, epochs=4000)
    with pytest.raises(KeyboardInterrupt):
        finished.extend(number for number, _ in compiled.each_seed(NETWORK, [job(0), long], threads=2))
    assert finished == [0]
    assert sum(chunk.size for chunk in learnt) < long[1].updates


def test_a_program_that_is_let_go_is_forgotten(monkeypatch):
    made = []

    def not_kept(*options):
        loop = program.compiled.__wrapped__(*options)
        made.append(weakref.ref(loop))
        return loop

    monkeypatch.setattr(run, "compiled", not_kept)
    compiled.train(NETWORK, *job(0))
    gc.collect()
    assert [loop() for loop in made] == [None]


def test_one_target_a_sample_stands_at_its_last_step_whatever_the_form():
    network = models.lstm_classifier(5, 3, return_sequences=True)
    rng = np.random.default_rng(0)
    framed = framing.Framed(rng.normal(size=(4, 3, 2)).astype(np.float32), rng.normal(size=(4, 3)).astype(np.float32))
    network = replace(network, layers=(*network.layers[:-1], models.Dense(3)), loss="mse")
    weights = network.initial_weights(3, 2, rng)
    last = replace(
        framed, targets=np.repeat(framed.targets[:, None], 3, axis=1), loss_mask=np.tile(np.arange(3) == 2, (4, 1))
    )
    for k1, k2 in ((None, None), (3, 3), (1, 3), (None, 2)):
        order = replace(schedule.in_batches().schedule(framed, 2, 2), k1=k1, k2=k2)
        assert same_bytes(*(compiled.train(network, given, order, weights) for given in (framed, last)))


def test_a_target_that_does_not_count_teaches_nothing():
    known = np.arange(7) != 2
    masked = replace(FRAMED, loss_mask=known)
    other = replace(masked, targets=np.where(known, FRAMED.targets, 0).astype(np.int32))
    _, order, weights = job(0)
    a, b = (compiled.train(NETWORK, framed, order, weights) for framed in (masked, other))
    assert same_bytes(a, b)
    assert not same_bytes(a, compiled.train(NETWORK, FRAMED, order, weights))


def test_bad_input_is_one_clear_line():
    framed, order, weights = job(0)
    embedded, coded = (
        models.lstm_classifier(5, 8, embedding=2),
        framing.time_steps(alphabet.pairs(1, "ABCDEFGH"), coding="embedding"),
    )
    stateless, decoder = models.lstm_classifier(5, 8), models.lstm_decoder(2, 8, outputs=3)
    outside = Schedule(order.batches + 2, order.reset_before, order.epoch, carries=True)
    for message, call in {
        "the schedule asks for sample 8: there are samples 0 to 6": lambda: compiled.train(
            NETWORK, framed, outside, weights
        ),
        "the network is stateless, but its order carries state": lambda: compiled.train(
            stateless, framed, order, weights
        ),
        "weights of shapes [(8, 20), (5, 20), (20,), (5, 8)]": lambda: compiled.train(
            NETWORK, framed, order, weights[:-1]
        ),
        "targets of 8 classes or numbers: this network has 3 outputs": lambda: compiled.train(
            models.lstm_classifier(5, 3, stateful=True),
            framed,
            order,
            [*weights[:3], weights[3][:, :3], weights[4][:3]],
        ),
        "this network answers at every step": lambda: compiled.train(
            decoder,
            framed,
            schedule.in_batches().schedule(framed, 1),
            decoder.initial_weights(1, 8, np.random.default_rng(0)),
        ),
        "the network has an Embedding, but the inputs' coding is one_hot": lambda: compiled.train(
            models.lstm_classifier(5, 8, stateful=True, embedding=2), framed, order, weights
        ),
        "the optimizer limits its gradients: that is not supported with an Embedding": lambda: compiled.train(
            replace(embedded, optimizer=SGD(clipnorm=1.0)),
            coded,
            schedule.in_batches().schedule(coded, 1),
            embedded.initial_weights(1, 1, np.random.default_rng(0)),
        ),
        "Embedding is layer 2: it can only be the first": lambda: compiled.train(
            models.lstm_classifier(5, 8, stateful=True, embedding=2, mask=0.0), framed, order, weights
        ),
        "state of shapes [((1, 4), (1, 5))]": lambda: compiled.train(
            NETWORK, framed, order, weights, state=[(np.zeros((1, 4)), np.zeros((1, 5)))]
        ),
        "device is 'tpu': JAX has none here; use cpu": lambda: compiled.train(
            NETWORK, framed, order, weights, device="tpu"
        ),
        "method is 'pmap': use auto, threads or vmap": lambda: compiled.train_seeds(NETWORK, [job(0)], method="pmap"),
        "threads is 0: need a whole number, 1 or more, or None": lambda: compiled.train_seeds(
            NETWORK, [job(0)], threads=0
        ),
        "job 1: the schedule asks for sample 8": lambda: compiled.train_seeds(
            NETWORK, [job(0), (framed, outside, weights)]
        ),
        "job 1 differs in shape or length from job 0": lambda: compiled.train_seeds(
            NETWORK, [job(0), job(1, epochs=3)], method="vmap"
        ),
    }.items():
        with refused(re.escape(message)):
            call()


def test_a_platform_that_is_not_there_is_refused(monkeypatch):
    def asserted(*_):  # as JAX does
        raise AssertionError

    monkeypatch.setattr(run.jax, "devices", asserted)
    with refused("JAX_PLATFORMS is None: JAX has no such device here; use cpu, or leave it unset"):
        compiled.find_device(None)


def test_the_library_keeps_no_programs_on_disk():
    code = "import jax; from lstm_lab import compiled; compiled.train; print(jax.config.jax_compilation_cache_dir)"
    environment = {name: value for name, value in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"


def test_programs_are_kept_where_there_is_a_place_for_them(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    folder = str(tmp_path / "lstm-lab" / "jax")
    for cache, mine, expected in (
        (tmp_path, None, folder),
        (tmp_path, "mine", "mine"),
        (tmp_path / "file", None, None),
        (None, None, None),
    ):
        for name, value in (("XDG_CACHE_HOME", cache), ("JAX_COMPILATION_CACHE_DIR", mine)):
            monkeypatch.delenv(name, raising=False)
            if value:
                monkeypatch.setenv(name, str(value))
        monkeypatch.setattr(kept.Path, "home", no_home)
        kept.keep_programs()
        assert os.environ.get("JAX_COMPILATION_CACHE_DIR") == expected


def no_home():
    raise RuntimeError("Could not determine home directory.")


@pytest.mark.parametrize("ours", [True, False])
def test_a_folder_of_programs_with_one_that_cannot_be_read_is_emptied_if_it_is_ours(tmp_path, monkeypatch, ours):
    folder = Path(tmp_path, *(("lstm-lab", "jax") if ours else ("mine",)))
    folder.mkdir(parents=True)
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(folder))
    program_of_jax = folder / "jit__loop-12-cache"
    program_of_jax.touch()
    shown = []
    monkeypatch.setattr(warnings, "showwarning", lambda message, *_: shown.append(str(message)))
    with kept.mended():
        pass
    assert program_of_jax.exists()
    said = "Error reading persistent compilation cache entry for 'jit__loop'"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Error")  # as the command line does
        with kept.mended():
            for line in (said, "something else"):
                warnings.warn(line, stacklevel=1)
    assert program_of_jax.exists() is not ours
    named = f"JAX_COMPILATION_CACHE_DIR is '{folder}': {said}"
    assert shown == [named] * (not ours) + ["something else"]
