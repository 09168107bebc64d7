"""The path from a seed to a line of results, on an experiment so small that all of it can be worked out beside it.

What a run is given, and what its probes see, is compared with the same made here: data, weights and order from the
seed's own random streams, the network trained from them, and its answers. `make mutants` shows that each part matters.
"""

import runpy
import zlib
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import made_up
import numpy as np
import pytest
from typer.testing import CliRunner

from lstm_lab import Experiment, compiled, framing, models, probes, schedule
from lstm_lab.cli import console
from lstm_lab.cli.entry import app
from lstm_lab.datasets import Pairs
from lstm_lab.probes import Asked
from lstm_lab.suite import running
from lstm_lab.suite.engines import Processes, memory, travelling
from lstm_lab.suite.planning import Request
from lstm_lab.suite.results import Store, canonical
from lstm_lab.suite.running import Progress, run

TOML = """
title = "Tiny"
source = "nowhere"

[settings]
units = { value = 3, about = "LSTM units." }
samples = { value = 8, about = "Random samples." }
steps = { value = 2, about = "Time steps of a sample." }
epochs = { value = 4, about = "Passes over the samples." }
batch_size = { value = 2, about = "Samples of one update." }

[smoke]
epochs = 2
samples = 6

[variants.wide]
about = "other settings"
set = { units = 5, samples = 12, batch_size = 3 }
"""
SYMBOLS = tuple("ABCDE")


def data(settings, rng) -> framing.Framed:
    """Random symbols, and as target a random symbol."""
    codes = rng.integers(5, size=(settings.samples, settings.steps + 1)).astype(np.int32)
    return framing.time_steps(Pairs(codes[:, :-1], codes[:, -1], SYMBOLS), coding="one_hot")


def network(settings) -> models.Architecture:
    return models.lstm_classifier(settings.units, 5, learning_rate=0.05)


@dataclass
class Seen:
    """What the probes of one run could see."""

    asked: Asked
    drawn: int  # from the probes' randomness, before the samples that are drawn anew
    redrawn: list[framing.Framed]  # as for training, once more, and three of them
    answers: np.ndarray  # to the training samples


class Tiny:
    """The made-up experiment: `runs(…)` gives each run's line beside what its probes saw."""

    def __init__(self, folder):
        (folder / "configs").mkdir()
        (folder / "configs" / "0930_tiny.toml").write_text(TOML)
        self.results, self._seen = folder / "results", []
        self.declared = Experiment(
            str(folder / "experiments" / "0930_tiny.py"),
            data=data,
            model=network,
            order=schedule.shuffled(),
            ask=[self._look, probes.in_order(), probes.final_loss(), probes.random_order(6)],
        )

    def _look(self, asked):
        drawn = int(asked.rng.integers(10**9))
        redrawn = [asked.redraw(changed) for changed in (*[asked.settings] * 2, asked.settings.replace(samples=3))]
        self._seen.append(Seen(asked, drawn, redrawn, asked.predictor(asked.framed.inputs, None)[0]))
        return {}

    def settings(self, variant="main", **more):
        return self.declared.config.resolve(variant, **more)

    def runs(self, *seeds, **request):
        lines, self._seen = [], []

        class Notes(Progress):
            def seed(self, record, measures):
                lines.append(record)

        # one at a time: probes look in the order of the lines
        run(self.declared, Request(seeds=seeds, **({"jobs": 1} | request)), self.results, Notes())
        return sorted(zip(lines, self._seen, strict=True), key=lambda pair: pair[0]["seed"])


@pytest.fixture
def tiny(tmp_path):
    return Tiny(tmp_path)


def test_an_interruption_of_the_compiled_trainer_keeps_the_seeds_that_are_finished(tiny):
    told = []

    class Stopped(Progress):
        def stopping(self, stop):
            self.stop = stop
            return nullcontext()

        def epoch(self, seed, done, epochs, logs):
            told.append((seed, done, epochs))

        def seed(self, record, measures):
            self.stop.set()

    with pytest.raises(KeyboardInterrupt):
        run(tiny.declared, Request(seeds=tuple(range(9)), jobs=1), tiny.results, Stopped())
    kept = [record["seed"] for record in Store(tiny.results, "0930_tiny").records()]
    assert kept[0] == 0
    assert len(kept) < 9
    epochs = tiny.settings().epochs
    assert (0, epochs, epochs) in told


@pytest.mark.parametrize(
    ("asked", "free", "count", "says"),
    [
        (4, 10**10, 4, "4 processes, each takes about 1 GB"),
        (4, 2.3e9, 2, "2 processes, each takes about 1 GB and 2.3 GB are free"),
        (4, 1e8, 1, "1 process, each takes about 1 GB and 0.1 GB are free"),
        (2, None, 2, "2 processes, each takes about 1 GB"),
    ],
)
def test_there_are_as_many_processes_as_memory_is_free_for(monkeypatch, asked, free, count, says):
    monkeypatch.setattr(memory, "free_memory", lambda: free and int(free))
    engine = Processes(asked, "keras")
    assert engine.threads == count
    assert engine.note == says


def test_a_process_ends_with_its_parent(monkeypatch):
    ended = Event()
    monkeypatch.setattr(travelling.os, "_exit", lambda status: ended.set())
    travelling.end_with.__wrapped__(-1)
    assert ended.wait(10)


def test_keras_with_settings_of_its_users_is_refused(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "jax")
        with pytest.raises(ValueError, match=r"^KERAS_BACKEND is 'jax': .* use tensorflow, or leave it unset$"):
            runpy.run_path(str(Path(running.__file__).parents[1] / "trainers" / "backend.py"))
    from lstm_lab.trainers import keras as reference

    framed = framing.time_steps(Pairs(*np.zeros((2, 3, 1), np.int32), SYMBOLS), coding="one_hot")
    for name, value in (("floatx", "float64"), ("epsilon", 1e-3), ("max_epochs", 1)):
        before = getattr(reference.keras.config, name)()
        getattr(reference.keras.config, f"set_{name}")(value)
        try:
            with pytest.raises(ValueError, match=rf"^Keras' {name} is {value!r}: "):
                reference.build(models.lstm_classifier(3, 5), framed, 1)
        finally:
            getattr(reference.keras.config, f"set_{name}")(before)


def of(seed: int, purpose: str) -> np.random.Generator:
    """A seed's random stream, as the design states it."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(purpose.encode())]))


def job(settings, seed: int):
    """A seed's samples, order and first weights."""
    framed = data(settings, of(seed, "data"))
    order = schedule.shuffled().schedule(framed, settings.epochs, settings.batch_size, of(seed, "order"))
    return framed, order, network(settings).initial_weights(settings.steps, 5, of(seed, "weights"))


def alike(first, second) -> bool:
    """Whether two framings, or two lists of arrays, hold the same numbers."""
    if isinstance(first, framing.Framed):
        first, second = ([one.inputs, one.targets] for one in (first, second))
    return len(first) == len(second) and all(map(np.array_equal, first, second))


@pytest.mark.parametrize(("variant", "smoke"), [("main", False), ("wide", False), ("main", True)])
def test_a_run_learns_its_seeds_samples_in_its_order_from_its_weights(tiny, variant, smoke):
    settings = tiny.settings(variant, smoke=smoke)
    for record, seen in tiny.runs(0, 3, variants=(variant,), smoke=smoke):
        framed, order, weights = job(settings, record["seed"])
        trained = compiled.train(network(settings), framed, order, weights)
        assert alike(seen.asked.framed, framed)
        assert alike(seen.asked.before, weights)
        assert alike(seen.asked.trained.weights, trained.weights)
        assert record["settings"] == settings.recorded() == seen.asked.settings.recorded()
        right = int((seen.answers.argmax(-1) == framed.targets).sum())
        assert record["measures"]["in_order"].stored == [right, settings.samples]
        assert record["measures"]["loss"].value == trained.history["loss"][-1]


def test_the_trained_network_is_asked_and_not_the_first_one(tiny):
    ((_, seen),) = tiny.runs(3)
    framed, _, weights = job(tiny.settings(), 3)
    asked = compiled.Predictor(network(tiny.settings()), seen.asked.trained.weights, framed.codec)
    untrained = compiled.Predictor(network(tiny.settings()), weights, framed.codec)
    assert alike([seen.answers], [asked(framed.inputs)[0]])
    assert np.abs(seen.answers - untrained(framed.inputs)[0]).max() > 0.05


def test_every_seed_has_its_own_samples_weights_order_and_questions(tiny):
    (_, first), (_, second) = runs = tiny.runs(0, 1)
    assert not alike(first.asked.framed, second.asked.framed)
    assert not alike(first.asked.before, second.asked.before)
    assert first.drawn != second.drawn
    assert not alike(first.redrawn[0], second.redrawn[0])
    orders = [tiny.declared.job(tiny.settings(), seed).schedule.batches for seed in (0, 1)]
    assert not alike(*([order] for order in orders))
    loss, other = (record["measures"]["loss"].value for record, _ in runs)
    assert loss != other


def test_a_seed_gives_the_same_line_again_alone_and_among_others(tmp_path):
    lines = []
    for name, seeds in (("alone", (2,)), ("among", (0, 1, 2, 3))):
        (tmp_path / name).mkdir()
        lines.append([record for record, _ in Tiny(tmp_path / name).runs(*seeds) if record["seed"] == 2])
    assert canonical(lines[0]) == canonical(lines[1])


def test_what_a_probe_draws_is_not_what_the_network_learnt_from(tiny):
    for record, seen in tiny.runs(0, 5):
        rng = of(record["seed"], "probe")
        assert seen.drawn == rng.integers(10**9)
        for drawn, samples in zip(seen.redrawn, (8, 8, 3), strict=True):
            assert alike(drawn, data(tiny.settings(overrides={"samples": samples}), rng))
        assert not alike(seen.redrawn[0], seen.asked.framed)
        assert not alike(seen.redrawn[0], seen.redrawn[1])


def test_what_is_recorded_of_a_seed_is_its_own(tiny):
    runs, store = tiny.runs(0, 1, 2), Store(tiny.results, "0930_tiny")
    assert sorted(store.records(), key=lambda record: record["seed"]) == [record for record, _ in runs]
    curves = {curve["seed"]: curve for curve in store.curves()}
    for record, seen in runs:
        curve = curves[record["seed"]]
        assert curve["epochs"] == [1, 2, 3, 4]
        assert curve["loss"] == pytest.approx(seen.asked.trained.history["loss"], rel=1e-3)


def test_what_is_recorded_is_not_run_again_and_what_is_missing_is(tiny):
    assert [record["seed"] for record, _ in tiny.runs(0, 2)] == [0, 2]
    assert [record["seed"] for record, _ in tiny.runs(0, 1, 2)] == [1]
    assert [record["seed"] for record, _ in tiny.runs(0, 1, again=True)] == [0, 1]
    assert [record["seed"] for record, _ in tiny.runs(0, smoke=True)] == [0]


def test_what_is_set_for_a_run_is_what_it_learns_with(tiny):
    ((record, seen),) = tiny.runs(0, overrides={"epochs": 3, "samples": 10})
    assert (record["settings"]["epochs"], record["settings"]["samples"]) == (3, 10)
    assert len(seen.asked.trained.history["loss"]) == 3
    assert seen.asked.framed.samples == 10


@pytest.mark.slow
def test_keras_trains_a_scheduled_seed_as_the_compiled_trainer_does(tiny):
    ((_, compiled_run),) = tiny.runs(3)
    ((record, seen),) = tiny.runs(3, trainer="keras")
    assert (record["trainer"], record["start"]) == ("keras", "scheduled")
    assert seen.drawn == compiled_run.drawn
    for mine, other in (
        (seen.asked.before, compiled_run.asked.before),
        (seen.asked.trained.weights, compiled_run.asked.trained.weights),
        ([seen.answers], [compiled_run.answers]),
    ):
        for ours, theirs in zip(mine, other, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_the_literal_start_is_what_a_keras_user_writes(tiny):
    """NumPy's global generator gives the samples, Keras' own the weights and the order; the run's seed seeds both."""
    import keras

    settings = tiny.settings()
    ((record, seen),) = tiny.runs(8, trainer="keras", start="literal")
    assert (record["trainer"], record["start"]) == ("keras", "literal")
    framed, before, trained = seen.asked.framed, seen.asked.before, seen.asked.trained.weights

    keras.utils.set_random_seed(8)
    np.random.seed(8)
    codes = np.random.randint(5, size=(settings.samples, settings.steps + 1))
    model = network(settings).to_keras((None, settings.steps, 5))
    assert alike([framed.inputs[..., 0], framed.targets], [codes[:, :-1], codes[:, -1]])
    assert alike(before, model.get_weights())
    model.fit(np.eye(5)[codes[:, :-1]], np.eye(5)[codes[:, -1]], settings.batch_size, settings.epochs, verbose=0)
    assert alike(trained, model.get_weights())

    asked, untrained = (compiled.Predictor(network(settings), one, framed.codec) for one in (trained, before))
    np.testing.assert_allclose(seen.answers, asked(framed.inputs)[0], atol=1e-5)
    assert np.abs(seen.answers - untrained(framed.inputs)[0]).max() > 0.05
    assert not alike(seen.redrawn[0], framed)


@pytest.mark.slow
def test_the_literal_start_learns_fresh_samples_and_resets_state_after_each_epoch():
    from lstm_lab.trainers import keras as reference

    pairs = Pairs(*np.random.default_rng(1).integers(5, size=(2, 24, 1)).astype(np.int32), SYMBOLS, per_epoch=8)
    framed = framing.time_steps(replace(pairs, targets=pairs.targets[:, 0]), coding="one_hot")
    architecture, order = models.lstm_classifier(3, 5, stateful=True, learning_rate=0.05), schedule.in_sequence()
    before, trained = reference.literal(architecture, framed, order, epochs=3)
    same = compiled.train(architecture, framed, order.schedule(framed, epochs=3), before)
    for ours, theirs in zip(same.weights, trained.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_smoke_settings_on_the_command_line_are_those_of_the_smoke_table(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path))
    for settings, throws in (("smoke", 2), ("full", 10)):
        done = CliRunner().invoke(app, ["run", "0910", "--settings", settings, "--results", settings])
        assert done.exit_code == 0
        (record,) = Store(tmp_path / settings, "0910_coin").records()
        assert record["settings"] == {"throws": throws}
        assert record["measures"]["heads"].asked == throws


@pytest.fixture
def coins(tmp_path, monkeypatch):
    """A checkout with the lesson alone: published, of four seeds, with a variant of two and one that takes long."""
    folder = made_up.checkout(tmp_path)
    toml = folder / "configs" / "0910_coin.toml"
    sizes = 'kind = "lesson"\npublished_section = true\nseeds = 4\nvariant_seeds = 2\nlong = { long = 1 }'
    tables = "".join(
        f"[variants.{name}]\nset = {{ throws = {throws} }}\n" for name, throws in (("few", 3), ("long", 50))
    )
    published = "[published.heads]\nright = 5\nasked = 10\n"
    toml.write_text(toml.read_text().replace('kind = "lesson"', sizes) + tables + published)
    for name in ("configs/0900_guess.toml", "experiments/0900_guess.py"):
        (folder / name).unlink()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(console.console, "width", 200)

    def made(*arguments: str) -> tuple[str, set]:
        done = CliRunner().invoke(app, [*arguments, "--results", arguments[0]])
        assert done.exit_code == 0
        records = Store(folder / arguments[0], "0910_coin").records()
        return done.output, {
            (record["variant"], record["seed"], record["measures"]["heads"].asked) for record in records
        }

    return made


def test_recording_makes_the_seeds_that_every_variant_asks_for(coins):
    main, few = {("main", seed, 10) for seed in range(4)}, {("few", seed, 3) for seed in range(2)}
    assert coins("record")[1] == main | few
    assert coins("record", "--long")[1] == main | few | {("long", 0, 50)}


def test_reproducing_sets_what_is_published_recorded_and_measured_side_by_side(coins, tmp_path):
    coins("record")
    (tmp_path / "record").rename(tmp_path / "results")
    printed, runs = coins("reproduce", "--seeds", "2")
    assert runs == {("main", seed, 10) for seed in range(2)}
    lines = printed.splitlines()
    header, row = (next(line for line in lines if word in line) for word in ("published ", "0910 heads"))
    cells = {name: row[header.index(name) :] for name in ("published", "recorded", "2 seeds now")}
    assert cells["published"].startswith("5/10 ")
    assert cells["recorded"][1:].startswith(" of 4 seeds")
    assert cells["2 seeds now"][1:].startswith(" of 2 seeds")
