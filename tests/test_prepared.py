"""The experiments on preparing data: what each variant is given; and what the lessons on Keras find."""

from types import SimpleNamespace

import numpy as np
import pytest

from lstm_lab import framing, probes, schedule
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import stream

pytestmark = pytest.mark.usefixtures("from_the_checkout")


def loaded(id):
    return catalogue.load(catalogue.find(id))


def text(framed, sample):
    return framed.codec.text(framed.inputs[sample])


def answer(framed, sample):
    return framed.target_codec.symbols[framed.targets[sample]]


def drawn(id, variant="main", seed=0, **changes):
    """The samples of a variant, as a run with this seed has them."""
    experiment = loaded(id)
    settings = experiment.config.resolve(variant, overrides=changes)
    return experiment.of(variant).data(settings, stream(seed, "data"))


def test_later_windows_share_no_value_with_the_training_windows():
    values = np.arange(40.0)
    x = np.lib.stride_tricks.sliding_window_view(values[:-1], 5)[:, :, None]
    framed = framing.split_windows(x, values[5:, None], training=12)
    assert (framed.inputs.max(), framed.targets.max()) == (15, 16)
    assert (framed.later.inputs.min(), framed.later.targets.min(), framed.later.targets.max()) == (17, 22, 39)


def test_a_later_error_of_one_is_that_of_the_naive_forecast():
    framed = drawn("0512")
    for said, error in ((framed.targets.mean(), 1.0), (None, 0.0)):
        outputs = framed.later.targets if said is None else np.full_like(framed.later.targets, said)
        asked = SimpleNamespace(
            framed=framed, order=schedule.in_batches(), predictor=lambda x, state, said=outputs: (said, [])
        )
        assert probes.later_error()(asked)["later_error"].value.score == pytest.approx(error)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: framing.split_windows(x, x[:, 0], training=0), "training is 0"),
        (lambda x: framing.split_windows(x, x[:, 0], training=8), "leave nothing for later"),
        (lambda x: framing.WithLater(x, x[:, 0]), "later is missing"),
        (lambda x: framing.WithLater(x, x[:, 0], later=framing.Framed(x[:, :1], x[:, 0])), "later has inputs"),
        (lambda x: framing.WithLater(x, x[:, 0], later=framing.Framed(x, x[:, 0]), naive=0.0), "naive is 0"),
        (lambda x: probes.later_error()(SimpleNamespace(framed=framing.Framed(x, x[:, 0]))), "without later ones"),
    ],
)
def test_samples_without_usable_later_ones_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.zeros((10, 2, 1), np.float32))


@pytest.mark.parametrize(("id", "variant"), [("0512", "normalised"), ("0514", "main"), ("0518", "main")])
def test_scalers_are_fitted_on_the_training_part_alone(id, variant):
    """A longer training part is scaled with other coefficients; its first samples would else be the same."""
    assert not np.allclose(drawn(id, variant).inputs[:20], drawn(id, variant, training=40).inputs[:20])
    framed = drawn(id, variant)
    if variant != "main":
        assert (framed.inputs.min(), framed.inputs.max()) == (0, 1)


def test_0512_has_its_outliers_in_the_training_part_only():
    plain, spoilt = (drawn("0512", inputs="none", targets="none", values=v) for v in ("wave", "outliers"))
    assert (spoilt.targets == 1000).sum() == 3
    assert np.array_equal(plain.later.inputs, spoilt.later.inputs)


@pytest.mark.parametrize("variant", ["main", "standardised", "range_known"])
def test_0514_repeating_the_last_value_has_an_error_of_one(variant):
    framed = drawn("0514", variant)
    repeated = np.mean((framed.later.targets[:, 0] - framed.later.inputs[:, -1, 0]) ** 2)
    assert framed.naive == pytest.approx(repeated, rel=1e-3)


def test_0514_repeating_the_last_value_is_to_say_that_the_step_is_zero():
    levels, steps = drawn("0514", "stationary_standardised"), drawn("0514", "stationary")
    for framed in (levels, steps):  # the scaled steps differ from the steps by a factor and a shift only
        assert framed.later.targets.var() / framed.naive == pytest.approx(1, abs=0.01)


def test_0514_limits_inputs_to_the_range_of_the_training_part():
    limited, free = drawn("0514", "limited"), drawn("0514")
    assert limited.later.inputs.max() == 1 < free.later.inputs.max()
    assert np.array_equal(limited.later.targets, free.later.targets)


def test_0516_after_framing_every_column_has_its_own_coefficients():
    before, after = drawn("0516", "trend"), drawn("0516", "trend_after")
    assert np.ptp(before.inputs[:, :, 0].mean(axis=0)) > 10 * np.ptp(after.inputs[:, :, 0].mean(axis=0))
    assert after.inputs[:, :, 0].mean(axis=0) == pytest.approx(0, abs=1e-5)


def test_0532_asks_for_the_largest_label_or_for_one_without_an_order():
    for variant, wanted in (("ordered_one_hot", max), ("main", lambda row: [4, 1, 6, 2, 5, 0, 3][row[-2]])):
        framed = drawn("0532", variant)
        assert framed.targets.tolist() == [wanted(row) for row in framed.inputs[:, :, 0].tolist()]
    assert np.allclose(drawn("0532", "integers").targets[:, 0] * 6, drawn("0532").targets)


@pytest.mark.parametrize("about", ["end", "start"])
def test_0542_pads_one_side_and_asks_for_the_same_symbol(about):
    before, behind = (drawn("0542", about=about, side=side) for side in ("pre", "post"))
    for sample in range(50):
        said = text(before, sample)
        assert said.lstrip("·") + "·" * said.count("·") == text(behind, sample)
        assert answer(before, sample) == answer(behind, sample) == said.strip("·")[-2 if about == "end" else 1]
    assert {text(before, i).count("·") for i in range(500)} == set(range(11))


def test_0544_removes_the_answer_on_one_side_only():
    for variant, place in (("main", 2), ("start_post", 1)):
        framed = drawn("0544", variant)
        assert framed.shape == (500, 4, 4)
        assert all(answer(framed, i) == text(framed, i)[place] for i in range(50))
    whole, cut = drawn("0544", "start_whole"), drawn("0544", "start")
    assert all(text(cut, i) == text(whole, i)[-4:] for i in range(50))


def test_0522_a_far_value_moves_the_range_more_than_the_mean():
    lesson = loaded("0522")
    measured = lesson.ask(lesson.config.resolve("outlier"), seed=0)
    assert measured["normalised_moved"].value.score > 2 * measured["standardised_moved"].value.score > 0


@pytest.mark.slow
def test_0642_a_batch_of_one_resets_nothing():
    lesson = loaded("0642")
    measured = {n: m.value.stored for n, m in lesson.ask(lesson.config.resolve(), seed=3).items()}
    assert measured == {
        "stateless_1": [8, 8],
        "stateful_1": [1, 8],
        "stateless_4": [8, 8],
        "stateful_4": [4, 8],
        "stateful_1_with_a_reset_before_each": [8, 8],
        "rows_untouched_by_the_first_row": [6, 6],
    }


@pytest.mark.slow
def test_0770_counts_the_steps_of_the_built_models():
    lesson = loaded("0770")
    measured = {n: m.value.stored for n, m in lesson.ask(lesson.config.resolve(), seed=0).items()}
    assert all(measured[name] == one.text for name, one in lesson.config.published.items())
    assert measured["multi_step_as_a_vector"] == "many-to-one"
    assert measured["image_captioning_shapes"] == "[1, 64] → [8, 20]"


@pytest.mark.slow
def test_0606_fit_shuffles_and_the_last_batch_takes_what_is_left():
    lesson = loaded("0606")
    measured = {n: m.value.stored for n, m in lesson.ask(lesson.config.resolve(), seed=0).items()}
    assert [measured[f"updates_in_batches_of_{size}"] for size in (1, 4, 10)] == ["10", "3", "1"]
    assert measured["default_order_kept"][0] < 10
    assert measured["unshuffled_order_kept"] == [10, 10]
    assert measured["activation_as_a_layer_same"] == [10, 10]


@pytest.mark.slow
def test_0605_and_0725_name_what_raises_today():
    lesson = loaded("0605")
    measured = {n: m.value.stored for n, m in lesson.ask(lesson.config.resolve(), seed=0).items()}
    works = {"predict_uncompiled", "fit_without_input_shape", "input_shape_in_the_layer"}
    assert {name for name, said in measured.items() if said == "works"} == works | {"predict_with_the_same_batch_size"}
    lesson = loaded("0725")
    measured = {n: m.value.stored for n, m in lesson.ask(lesson.config.resolve(), seed=0).items()}
    assert measured == {"as_printed": "raises", "with_return_sequences": "1", "with_repeat_vector": "8"}


@pytest.mark.slow
def test_0565_0607_and_0608_name_what_is_not_so_today():
    measured = {}
    for id in ("0565", "0607", "0608"):
        lesson = loaded(id)
        measured |= {n: m.value.stored for n, m in lesson.ask(lesson.config.resolve(), seed=0).items()}
    raises = {"one_hot_with_sparse_false", "print_the_smallest_value", "scale_a_list", "reshape_unevenly"}
    assert {name for name, said in measured.items() if said == "raises"} == raises
    assert [measured[f"{way}_by_default"] for way in ("pad", "cut")] == ["[[0,1],[2,3]]", "[[1],[3]]"]
    assert (measured["default_keeps_state"], measured["stateful_keeps_state"]) == ("no", "yes")
    assert [measured[f"lines_with_verbose_{verbose}"] for verbose in (0, 2)] == ["0", "2"]
    assert (measured["same_with_seed_of_numpy"], measured["same_with_seed_of_keras"]) == ([0, 8], [8, 8])
    assert measured["different_answers_of_1_softmax_neuron"] == [1, 8]
    assert measured["label_of_a_sigmoid_near_1"] == "1"
