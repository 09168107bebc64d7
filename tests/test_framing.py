"""Framings as arrays: golden shapes and values, padding on both sides, and everything out of range refused."""

import numpy as np
import pytest
from refusing import refused

from lstm_lab import framing
from lstm_lab.datasets import BLANK, Pairs, alphabet
from lstm_lab.framing.codec import Codec
from lstm_lab.framing.framed import Framed

AB = Codec(("A", "B", "C"))


def test_the_same_pairs_as_features_or_as_time_steps():
    pairs = alphabet.pairs(3)
    as_features, as_steps = framing.window(pairs), framing.time_steps(pairs)
    assert as_features.shape == (23, 1, 3)
    assert as_steps.shape == (23, 3, 1)
    assert as_features.x()[0].tolist() == [[0.0, np.float32(1 / 26), np.float32(2 / 26)]]
    assert as_steps.x()[0, :, 0].tolist() == as_features.x()[0, 0].tolist()
    assert as_steps.x().dtype == np.float32
    assert np.array_equal(as_steps.targets, pairs.targets)


def test_padding_in_front_and_behind():
    pairs = alphabet.prefixes("ABC")
    assert framing.padded(pairs, 4).inputs[:, :, 0].tolist() == [[BLANK, BLANK, BLANK, 0], [BLANK, BLANK, 0, 1]]
    behind = framing.padded(pairs, 4, side="post")
    assert behind.inputs[:, :, 0].tolist() == [[0, BLANK, BLANK, BLANK], [0, 1, BLANK, BLANK]]
    assert behind.input_mask.tolist() == [[True, False, False, False], [True, True, False, False]]


def test_an_offset_keeps_padding_apart_from_the_first_symbol():
    pairs = alphabet.prefixes("ABC")
    alike = framing.padded(pairs, 2).x()[0, :, 0]
    apart = framing.padded(pairs, 2, offset=1).x()[0, :, 0]
    assert alike.tolist() == [0.0, 0.0]
    assert apart.tolist() == [0.0, 0.25]
    assert framing.padded(pairs, 2, coding="one_hot", blank=-1.0).x()[0].tolist() == [[-1, -1, -1], [1, 0, 0]]


def test_growing_is_everything_so_far():
    framed = framing.growing(alphabet.pairs(1, "ABCD"))
    assert framed.inputs[:, :, 0].tolist() == [[BLANK, BLANK, 0], [BLANK, 0, 1], [0, 1, 2]]
    two = Pairs(np.arange(4)[:, None], np.arange(4), tuple("ABCD"), per_sequence=2)
    assert framing.growing(two).inputs[:, :, 0].tolist() == [[BLANK, 0], [0, 1], [BLANK, 2], [2, 3]]


def test_sequences_are_samples():
    known = np.array([True, False, True, True])
    pairs = Pairs(np.array([[0], [1], [2], [0]]), np.array([1, 2, 0, 1]), tuple("ABC"), known, 2, per_epoch=4)
    framed = framing.sequences(pairs)
    assert framed.inputs[:, :, 0].tolist() == [[0, 1], [2, 0]]
    assert framed.targets.tolist() == [[1, 2], [0, 1]]
    assert framed.loss_mask.tolist() == [[True, False], [True, True]]
    assert (framed.per_epoch, framed.per_sequence) == (2, 1)


def test_fresh_epochs_and_their_shape():
    pairs = Pairs(np.zeros((6, 1), np.int32), np.zeros(6, np.int32), tuple("AB"), per_sequence=1, per_epoch=3)
    framed = framing.time_steps(pairs)
    assert framed.fresh
    assert framed.shape == (3, 1, 1)
    assert not framed.take([0, 5]).fresh


@pytest.mark.parametrize(
    ("coding", "codes", "floats"),
    [
        ("scaled", [[0, 2]], [[0, 0.5]]),
        ("scaled", [[BLANK, 1]], [[0, 0.25]]),
        ("one_hot", [[1]], [[0, 1, 0, 0]]),
        ("one_hot", [[2, 0]], [[0, 0, 1, 0, 1, 0, 0, 0]]),
        ("one_hot", [[BLANK]], [[0, 0, 0, 0]]),
    ],
)
def test_what_a_code_becomes(coding, codes, floats):
    codec = Codec(tuple("ABCD"), coding, scale=4.0)
    assert codec.encode(np.array([codes]))[0].tolist() == floats


def test_one_hot_can_be_turned_back():
    codes = np.random.default_rng(0).integers(26, size=(40, 3, 1))
    rows = framing.codec_of(alphabet.pairs(), "one_hot").encode(codes)
    assert np.array_equal(rows.argmax(-1)[..., None], codes)
    assert np.array_equal(rows.sum(-1), np.ones((40, 3)))


def test_an_embedding_takes_codes():
    framed = framing.time_steps(alphabet.pairs(2), coding="embedding")
    assert framed.x().tolist() == framed.inputs[:, :, 0].tolist()
    assert framed.x().dtype == np.int32
    assert framed.features == 1


def test_symbols_and_codes():
    assert AB.text([2, BLANK, 0]) == "C·A"
    assert Codec(("one", "two")).text([1, 0]) == "two one"
    assert AB.code("C") == 2
    with pytest.raises(ValueError, match="'D' is not in the alphabet: use one of A, B, C"):
        AB.code("D")


def test_spelled_runs_keep_their_starts():
    runs = Pairs(np.array([[BLANK, 0], [0, 1]]), np.array([1, 2]), tuple("ABC"))
    framed = framing.time_steps(alphabet.spelled(runs))
    assert framed.starts.tolist() == [True, True, False]
    assert framed.take([1, 2]).starts is None


def codes(*shape, value=0):
    return np.full(shape, value, np.int32)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: Framed(codes(2, 1, 1, value=3), codes(2), AB, AB),
            r"inputs\[0, 0, 0\] is 3: need a code from -1 to 2",
        ),
        (lambda: Framed(codes(2, 1, 1, value=-2), codes(2), AB, AB), "is -2"),
        (lambda: Framed(codes(2, 1, 1), codes(2, value=3), AB, AB), r"targets\[0\] is 3: need a code from 0 to 2"),
        (lambda: Framed(codes(2, 1, 1), codes(2, value=BLANK), AB, AB), "is -1: need a code from 0"),
        (lambda: Framed(codes(2, 1, 1).astype(float), codes(2), AB, AB), "need integer codes"),
        (lambda: Framed(codes(2, 1), codes(2), AB, AB), r"need \[samples, time steps, features\]"),
        (lambda: Framed(codes(0, 1, 1), codes(0), AB, AB), "none of them 0"),
        (lambda: Framed(codes(2, 1, 1), codes(3), AB, AB), "targets for 3 samples, but inputs for 2"),
        (lambda: Framed(codes(2, 1, 1), codes(2), AB), "need `target_codec`"),
        (lambda: Framed(np.full((2, 1, 1), np.nan, np.float32), np.zeros((2, 1), np.float32)), "is nan: need finite"),
        (lambda: Framed(np.zeros((2, 1, 1)), np.zeros((2, 1), np.float32)), "need float32"),
        (lambda: Framed(codes(2, 1, 1), codes(2), AB, AB, loss_mask=np.ones((2, 1), bool)), "one flag per target"),
        (lambda: Framed(codes(4, 1, 1), codes(4), AB, AB, per_epoch=3), "epoch of 3 samples does not divide the 4"),
        (lambda: Framed(codes(4, 1, 1), codes(4), AB, AB, per_sequence=3), "sequence of 3 samples does not divide"),
        (lambda: Framed(codes(2, 1, 1), codes(2), AB, AB, starts=np.array([False, True])), "True for the first"),
        (lambda: Framed(codes(2, 1, 1, value=BLANK), codes(2), Codec(AB.symbols, "embedding"), AB), "an embedding"),
        (lambda: Framed(codes(2, 1, 2), codes(2), Codec(AB.symbols, "embedding"), AB), "one code per time step"),
        (lambda: framing.codec_of(alphabet.pairs(), "binary"), "coding is 'binary'"),
        (lambda: framing.time_steps(alphabet.prefixes("ABC")), "different lengths: use framing.padded"),
        (lambda: framing.padded(alphabet.prefixes("ABCDE"), steps=3), "steps is 3: .* use 4 or more"),
        (lambda: framing.growing(alphabet.pairs(2)), "growing takes one symbol"),
        (lambda: framing.sequences(alphabet.pairs(2)), "sequences takes one symbol"),
    ],
)
def test_what_does_not_fit_is_one_clear_line(make, says):
    with refused(says):
        make()


def test_flags_that_are_not_bool_are_refused():
    inputs, targets = np.zeros((4, 1, 1), np.int32), np.zeros(4, np.int32)
    for name in ("loss_mask", "starts"):
        with pytest.raises(ValueError, match=f"{name} of type int64: need bool"):
            Framed(inputs, targets, AB, AB, **{name: np.array([1, 0, 1, 1])})


def test_sequences_of_unequal_length_are_not_run_together():
    runs = alphabet.spelled(alphabet.random_runs(3, np.random.default_rng(0), longest=4))
    assert runs.starts is not None
    for frame in (framing.growing, framing.sequences):
        with pytest.raises(ValueError, match="sequences of unequal length"):
            frame(runs)


def test_the_last_epoch_keeps_its_sequences():
    codes = np.arange(8, dtype=np.int32)[:, None] % 3
    framed = framing.time_steps(Pairs(codes, codes[:, 0], tuple("ABC"), per_sequence=2, per_epoch=4))
    last = framed.last_epoch()
    assert last.inputs[:, 0, 0].tolist() == codes[4:, 0].tolist()
    assert (last.samples, last.per_sequence, last.fresh) == (4, 2, False)


@pytest.mark.parametrize("coding", ["scaled", "one_hot", "embedding"])
def test_a_code_that_stands_for_no_symbol_is_never_encoded(coding):
    codec = Codec(("A", "B", "C"), coding)
    for code in (-2, 3):
        with pytest.raises(ValueError, match=f"code {code} has no symbol"):
            codec.encode(np.array([[[code]]]))
    if coding == "embedding":
        with pytest.raises(ValueError, match="code -1 has no symbol: need 0 to 2"):
            codec.encode(np.array([[[BLANK]]]))


@pytest.mark.parametrize("make", [framing.time_steps, framing.window, lambda pairs: framing.padded(pairs, steps=1)])
def test_what_a_dataset_says_of_its_pairs_reaches_the_framing(make):
    counts, starts = np.array([False, True] * 4), np.array([True, False, False, False] * 2)
    codes = np.arange(8, dtype=np.int32)
    pairs = Pairs(
        codes[:, None], codes[::-1].copy(), tuple("ABCDEFGH"), counts, per_sequence=2, per_epoch=4, starts=starts
    )
    framed = make(pairs)
    assert framed.loss_mask.tolist() == counts.tolist()
    assert framed.starts.tolist() == starts.tolist()
    assert (framed.per_sequence, framed.per_epoch) == (2, 4)
    assert framed.targets.tolist() == codes[::-1].tolist()


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint64])
def test_codes_of_any_type_of_integers_are_int32(kind):
    """What a trainer works out from a small type wraps round: code 255 + 1 would be code 0."""
    codec = Codec(tuple(map(str, range(128))))
    framed = Framed(np.full((2, 1, 1), 127, kind), np.array([127, 0], kind), codec, codec)
    assert framed.inputs.dtype == framed.targets.dtype == np.int32
    assert framed.inputs[0, 0, 0] == framed.targets[0] == 127
