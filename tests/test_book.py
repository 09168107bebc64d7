"""The book's lessons: golden sequences of their data, ceilings that hold by construction, and what they refuse."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lstm_lab import framing, models, probes, schedule
from lstm_lab.datasets import cues, echo, memory
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import stream
from lstm_lab.suite.experiment import Experiment

ROOT = Path(__file__).resolve().parent.parent
BOOK = sorted(path.stem for path in (ROOT / "experiments").glob("0[4567]*.py"))


pytestmark = pytest.mark.usefixtures("from_the_checkout")


def loaded(id):
    return catalogue.load(catalogue.find(id))


def text(framed, sample=0):
    return framed.codec.text(framed.inputs[sample])


def answers(framed, sample=0):
    """The targets that count, a dot for each that does not."""
    known = np.ones(framed.targets.shape, bool) if framed.loss_mask is None else framed.loss_mask
    symbols = framed.target_codec.symbols
    return "".join(
        symbols[t] if k else "." for t, k in zip(framed.targets[sample].ravel(), known[sample].ravel(), strict=True)
    )


def test_an_echo_is_what_came_so_many_steps_before():
    framed = framing.sequences(
        echo.fresh(1, np.random.default_rng(3), sequences=50, length=9, classes=4, lag=3, first=0)
    )
    for sample in range(50):
        assert answers(framed, sample) == "..." + text(framed, sample)[:-3]


def test_a_question_stands_a_lag_behind_its_cue_and_asks_for_it():
    framed = framing.sequences(cues.fresh(1, np.random.default_rng(0), sequences=20, length=60, lag=7, every=12))
    places = set()
    for sample in range(20):
        said, asked = text(framed, sample), answers(framed, sample)
        for start in range(0, 60, 12):
            stretch = said[start : start + 12]
            place = next(i for i, symbol in enumerate(stretch) if symbol in "AB")
            places.add(place)
            assert stretch == "." * place + stretch[place] + "." * 6 + "?" + "." * (4 - place)
            assert asked[start : start + 12] == "." * (place + 7) + stretch[place] + "." * (4 - place)
    assert places == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: echo.fresh(1, rng, length=5, lag=5, first=0), "lag is 5"),
        (lambda rng: echo.fresh(1, rng, length=5, lag=1, first=0, classes=1), "classes is 1"),
        (lambda rng: cues.fresh(1, rng, length=20, lag=10, every=10), "lag is 10"),
        (lambda rng: cues.fresh(1, rng, length=25, lag=5, every=10), "every is 10"),
        (lambda rng: cues.fresh(1, rng, length=20, lag=5, every=10, cues=1), "cues is 1"),
        (lambda rng: cues.fresh(1, rng, length=20, lag=5, every=10, sequences=0), "sequences is 0"),
        (lambda rng: framing.split(framing.sequences(memory.pairs(memory.long_lag(6))), 4), "steps is 4"),
    ],
)
def test_data_that_cannot_be_drawn_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))


def test_split_keeps_order_targets_and_sequences():
    pairs = echo.fresh(2, np.random.default_rng(1), sequences=3, length=12, classes=4, lag=2, first=0)
    whole = framing.sequences(pairs, coding="one_hot")
    pieces = framing.split(whole, 4)
    assert (pieces.shape, pieces.per_sequence, pieces.per_epoch, pieces.fresh) == ((9, 4, 4), 3, 9, True)
    assert text(whole, 4) == "".join(text(pieces, 12 + i) for i in range(3))
    assert answers(whole, 4) == "".join(answers(pieces, 12 + i) for i in range(3))


@pytest.mark.parametrize("setting", ["k1", "k2"])
@pytest.mark.parametrize("value", [0, 13])
def test_0410_refuses_steps_of_truncation_outside_the_sequence(setting, value):
    experiment = loaded("0410")
    with pytest.raises(ValueError, match=f"{setting} is {value}"):
        experiment.job(experiment.config.resolve(overrides={setting: value}, smoke=True), seed=0)


def test_keras_refuses_any_form_but_its_own():
    from lstm_lab.trainers import keras

    experiment = loaded("0410")
    job = experiment.job(experiment.config.resolve("n_k2", smoke=True), seed=0)
    with pytest.raises(ValueError, match=r"k2 is 4.*k1 = k2 = time steps"):
        keras.train(job.architecture, job.framed, job.schedule, job.weights)


def test_0415_by_hand_agrees_with_finite_differences():
    lesson = loaded("0415")
    measured = lesson.ask(lesson.config.resolve(), seed=0)
    assert measured["gradients_agreeing"].value.stored == [12, 12]
    assert measured["one_step_back_agreeing"].value.stored == [0, 12]


@pytest.mark.parametrize("steps", [20, 50])
def test_0430_only_a_piece_that_holds_both_lets_dropped_state_know(steps):
    experiment = loaded("0430")
    for lag, most in ((10, 0.55), (30, 0.0)):
        settings = experiment.config.resolve(overrides={"lag": lag, "steps": steps}, smoke=True)
        framed = experiment.data(settings, stream(0, "data"))
        rows, places = np.nonzero(framed.loss_mask)
        together = np.mean(
            [any(s in "AB" for s in text(framed, row)[:place]) for row, place in zip(rows, places, strict=True)]
        )
        assert together == pytest.approx(1.0) if steps == 50 else together <= most


def test_0430_both_policies_make_the_same_updates_and_differ_in_resets_only():
    experiment = loaded("0430")
    jobs = [experiment.job(experiment.config.resolve(v, smoke=True), seed=0) for v in ("main", "lag_10_carried")]
    dropped, carried = (job.schedule for job in jobs)
    assert np.array_equal(dropped.batches, carried.batches)
    assert dropped.reset_before.all()
    assert carried.reset_before.all(axis=1).nonzero()[0].tolist() == [0, 50]


def test_0440_reach_is_the_gradient_of_the_loss():
    experiment = loaded("0440")
    settings = experiment.config.resolve(
        overrides={"lag": 3, "batch_size": 1, "units": 4, "k1": 4, "k2": 4, "shown": [0]}
    )
    job = experiment.job(settings.replace(epochs=1), seed=0)
    curve = probes.reach_of_gradient(job.architecture, job.weights, job.framed)
    x = job.framed.x().astype(float)

    def loss(x):
        from lstm_lab.models.predictor import Predictor

        probabilities, _ = Predictor(job.architecture, job.weights)(x)
        return -np.log(probabilities[0, -1, job.framed.targets[0, -1]])

    numeric = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        bump = np.zeros_like(x)
        bump[place] = 1e-2
        numeric[place] = (loss(x + bump) - loss(x - bump)) / 2e-2
    assert curve == pytest.approx(np.linalg.norm(numeric[0], axis=-1)[::-1], rel=2e-2)


def test_0450_bytes_grow_with_the_steps_and_stop_at_k2():
    lesson = loaded("0450")
    measured = lesson.ask(lesson.config.resolve(overrides={"shown": [100, 200, 1000]}), seed=0)
    assert measured["bytes_1000_steps_over_100"].value.score == pytest.approx(10, rel=0.02)
    assert measured["bytes_1000_steps_over_k2"].value.score == pytest.approx(50, rel=0.02)


def test_0645_dealt_slots_go_on_from_another_sequence():
    experiment = loaded("0645")
    runs, dealt = (
        experiment.job(experiment.config.resolve(v, smoke=True), seed=0).schedule.batches for v in ("main", "dealt")
    )
    assert (np.diff(runs // 15, axis=0) == 0).all()  # a slot's pieces are all of one sequence
    assert (np.diff(dealt // 15, axis=0) != 0).all()


@pytest.mark.parametrize(("id", "ceiling"), [("0730", 0.5), ("0740", 0.5), ("0750", 0.67)])
def test_a_network_without_memory_stays_at_its_ceiling(id, ceiling):
    """The best guesser that sees the last step alone, on the data of the models for sequences."""
    experiment = loaded(id)
    settings = experiment.config.resolve()
    framed = experiment.data(settings, stream(0, "data"))
    known = np.ones(framed.targets.shape, bool) if framed.loss_mask is None else framed.loss_mask
    guessed = probes.lookup_table(framed, framed)
    assert ((guessed == framed.targets) & known).sum() / known.sum() < ceiling


def test_0720_without_recurrence_every_place_is_given_the_same():
    experiment = loaded("0720")
    job = experiment.job(experiment.config.resolve("no_recurrence", smoke=True), seed=0)
    from lstm_lab.models.predictor import Predictor

    said, _ = Predictor(job.architecture, job.weights, job.framed.codec)(job.framed.inputs)
    assert np.ptp(said, axis=1).max() == 0
    assert all(len(set(row)) == 3 for row in job.framed.targets.tolist())  # so at most one of three can be right


def test_0750_answers_are_the_last_symbols_backwards():
    experiment = loaded("0750")
    framed = experiment.data(experiment.config.resolve(smoke=True), stream(0, "data"))
    assert all(answers(framed, i) == text(framed, i)[:1:-1] for i in range(20))


def test_0755_features_share_one_state():
    lesson = loaded("0755")
    measured = lesson.ask(lesson.config.resolve(), seed=1)
    assert measured["state_moved_by_pressure"].value.stored == [12, 12]


def test_0760_both_framings_hold_the_same_numbers():
    experiment = loaded("0760")
    settings = experiment.config.resolve()
    steps, features = (experiment.of(v).data(settings, stream(0, "data")) for v in ("main", "features"))
    assert (steps.shape, features.shape) == ((390, 10, 1), (390, 1, 10))
    assert np.array_equal(steps.inputs.ravel(), features.inputs.ravel())
    assert np.array_equal(steps.targets, features.targets)


def test_squared_error_is_one_for_the_mean_and_zero_for_the_truth():
    experiment = loaded("0760")
    settings = experiment.config.resolve(smoke=True)
    framed = experiment.data(settings, stream(0, "data"))
    mean = np.full_like(framed.targets, framed.targets.mean())
    for said, error in ((mean, 1.0), (framed.targets, 0.0)):
        asked = SimpleNamespace(
            framed=framed,
            order=schedule.in_batches(),
            settings=settings,
            predictor=lambda x, state, said=said: (said, []),
        )
        assert probes.squared_error("error")(asked)["error"].value.score == pytest.approx(error)


def test_0760_asks_for_a_recurrent_kernel_only_where_there_is_one():
    experiment = loaded("0760")
    for variant, size in (("main", 16 * 64 + 1 * 16 + 16), ("mlp", None)):
        job = experiment.of(variant).job(experiment.config.resolve(variant, smoke=True), seed=0)
        asked = SimpleNamespace(
            architecture=job.architecture, before=job.weights, trained=SimpleNamespace(weights=job.weights)
        )
        measured = probes.kernel_unmoved("unmoved")(asked)
        assert [measure.value.stored for measure in measured.values()] == ([[size, size]] if size else [])


@pytest.mark.parametrize("name", BOOK)
def test_every_variant_of_the_book_builds(name):
    declared = catalogue.load(name)
    if not isinstance(declared, Experiment):
        return
    for variant in declared.config.variant_names():
        job = declared.of(variant).job(declared.config.resolve(variant, smoke=True), seed=0)
        assert job.schedule.updates > 0


@pytest.mark.parametrize(
    ("variant", "updates", "run"),
    [("main", 1, 12), ("one_n", 9, 78), ("one_one", 9, 12), ("k1_1", 3, 12), ("k1_k2", 3, 21)],
)
def test_0410_counts_the_updates_and_the_steps_of_a_form(variant, updates, run):
    experiment = loaded("0410")
    job = experiment.job(experiment.config.resolve(variant, smoke=True), seed=0)
    measured = probes.cost_of_truncation()(SimpleNamespace(framed=job.framed, order=job.order))
    assert [measure.value.stored for measure in measured.values()] == [updates, run]


def test_0610_problems_ask_what_they_say():
    experiment = loaded("0610")
    data = {
        v: experiment.of(v).data(experiment.config.resolve(v), stream(0, "data")) for v in experiment.config.variants
    }
    mean = experiment.data(experiment.config.resolve(), stream(0, "data"))
    assert all(np.array_equal(framed.inputs, mean.inputs) for framed in data.values())
    assert np.allclose(mean.targets[:, 0], mean.inputs[:, :, 0].mean(axis=1))
    assert np.array_equal(data["binary_sgd"].targets, mean.targets > 0)
    thirds = mean.inputs.reshape(-1, 3, 2).sum(axis=2)
    assert np.array_equal(thirds[np.arange(len(thirds)), data["multi_class_sgd"].targets], thirds.max(axis=1))


def test_0610_configures_gradient_descent_as_the_source_does():
    experiment = loaded("0610")
    for variant in ("regression_momentum", "binary_momentum", "multi_class_momentum"):
        optimizer = experiment.of(variant).job(experiment.config.resolve(variant, smoke=True), seed=0).architecture
        assert optimizer.optimizer == models.SGD(learning_rate=0.1, momentum=0.3)
