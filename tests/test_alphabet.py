"""The alphabet's pairs, prefixes and runs against what is written down here by hand."""

from string import ascii_uppercase
from types import SimpleNamespace

import numpy as np
import pytest
from refusing import refused

from lstm_lab import framing, probes
from lstm_lab.datasets import BLANK, Pairs, alphabet
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import stream

ALPHABET_IDS = (
    "0114",
    "0116",
    "0118",
    "0122",
    "0132",
    "0152",
    "0171",
    "0172",
    "0173",
    "0174",
    "0176",
    "0180",
    "0181",
    "0182",
    "0183",
    "0184",
    "0186",
    "0188",
    "0190",
    "0192",
    "0194",
)


def written(pairs: Pairs) -> list[str]:
    """Each pair as the tutorial prints it: "ABC → D"."""
    return [
        "".join(pairs.symbols[code] for code in row if code != BLANK)
        + " → "
        + "".join(pairs.symbols[code] for code in np.ravel(target))
        for row, target in zip(pairs.inputs, pairs.targets, strict=True)
    ]


def test_pairs_of_the_alphabet():
    one, three = alphabet.pairs(1), alphabet.pairs(3)
    assert len(one) == 25
    assert len(three) == 23
    assert written(one)[:2] + written(one)[-1:] == ["A → B", "B → C", "Y → Z"]
    assert written(three)[:2] + written(three)[-1:] == ["ABC → D", "BCD → E", "WXY → Z"]
    assert (one.inputs.dtype, one.targets.dtype) == (np.int32, np.int32)


def test_several_outputs():
    pairs = alphabet.pairs(4, "abcdefg", outputs=2)
    assert written(pairs) == ["abcd → ef", "bcde → fg"]
    assert pairs.targets.shape == (2, 2)


def test_any_text_is_coded_over_its_sorted_distinct_symbols():
    pairs = alphabet.pairs(2, "cabac")
    assert pairs.symbols == ("a", "b", "c")
    assert pairs.inputs.tolist() == [[2, 0], [0, 1], [1, 0]]
    assert pairs.targets.tolist() == [1, 0, 2]


def test_words_are_symbols_too():
    assert written(alphabet.pairs(1, ["to", "be", "or", "not"])) == ["to → be", "be → or", "or → not"]


def test_prefixes():
    prefixes = alphabet.prefixes("ABCD")
    assert prefixes.inputs.tolist() == [[BLANK, BLANK, 0], [BLANK, 0, 1], [0, 1, 2]]
    assert written(prefixes) == ["A → B", "AB → C", "ABC → D"]
    assert alphabet.prefixes().inputs.shape == (25, 25)


class Draws:
    """A generator that gives the numbers it was told to, and notes the ranges it was asked for."""

    def __init__(self, *numbers):
        self.numbers, self.ranges = list(numbers), []

    def integers(self, low, high=None):
        self.ranges.append((low, high))
        return self.numbers.pop(0)


def test_random_runs_draw_first_and_last_letter_as_the_tutorial_does():
    draws = Draws(15, 19, 22, 22, 23, 24, 3, 3)
    runs = alphabet.random_runs(4, draws, longest=5)
    assert written(runs) == ["PQRST → U", "W → X", "XY → Z", "D → E"]
    assert runs.inputs[1].tolist() == [BLANK] * 4 + [22]
    # Within the range, not clipped to it: from X the last letter is X or Y, each as likely.
    assert draws.ranges == [(24, None), (15, 20), (24, None), (22, 25), (24, None), (23, 25), (24, None), (3, 8)]


@pytest.mark.parametrize("longest", [1, 5, 26])
def test_random_runs_keep_to_the_alphabet(longest):
    runs = alphabet.random_runs(400, np.random.default_rng(0), longest=longest)
    texts = written(runs)
    assert all(text.replace(" → ", "") in ascii_uppercase for text in texts)
    lengths = {text.index(" ") for text in texts}
    assert min(lengths) == 1
    assert max(lengths) == min(longest, 25)
    assert {text[0] for text in texts} == set(ascii_uppercase[:24])


def test_runs_that_wrap_go_on_at_a():
    runs = alphabet.random_runs(1, Draws(24, 3), longest=5, wrap=True)
    assert written(runs) == ["YZAB → C"]


def test_runs_of_one_seed_are_the_same():
    a, b = (alphabet.random_runs(20, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(a.inputs, b.inputs)
    assert np.array_equal(a.targets, b.targets)


def test_every_run_once():
    assert written(alphabet.every_run(2, "ABCD")) == ["A → B", "B → C", "C → D", "AB → C", "BC → D"]
    runs = alphabet.every_run(5)
    assert len(set(written(runs))) == len(runs) == 25 + 24 + 23 + 22 + 21


def test_spelled_runs_begin_where_runs_begin():
    letters = alphabet.spelled(alphabet.random_runs(3, Draws(15, 17, 22, 22, 0, 1), longest=5))
    assert written(letters) == ["P → Q", "Q → R", "R → S", "W → X", "A → B", "B → C"]
    assert letters.starts.tolist() == [True, False, False, True, True, False]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: alphabet.pairs(3, "ABC"), "text of 3 symbols is too short for a window of 3 and 1 .* 4 or more"),
        (lambda: alphabet.pairs(1, "aaaa"), "1 distinct symbol"),
        (lambda: alphabet.pairs(1, ""), "0 distinct symbol"),
        (lambda: alphabet.prefixes("A"), "1 distinct symbol"),
        (lambda: alphabet.pairs(0), "length is 0"),
        (lambda: alphabet.pairs(1, outputs=0), "outputs is 0"),
        (lambda: alphabet.encode("AbC", tuple(ascii_uppercase)), "symbol 'b' at place 1 is not in the alphabet"),
        (lambda: alphabet.random_runs(0, np.random.default_rng(0)), "num_runs is 0"),
        (lambda: alphabet.random_runs(5, np.random.default_rng(0), longest=0), "longest is 0"),
        (lambda: alphabet.random_runs(5, np.random.default_rng(0), text="AB"), "text of 2 symbols is too short"),
    ],
)
def test_what_cannot_be_framed_is_one_clear_line(make, says):
    with refused(says):
        make()


@pytest.mark.parametrize("id", ALPHABET_IDS)
def test_every_variant_of_the_readers_questions_builds(id):
    declared = catalogue.load(catalogue.find(id))
    for variant in declared.config.variant_names():
        job = declared.of(variant).job(declared.config.resolve(variant, {"epochs": 1}), seed=1)
        assert job.schedule.updates > 0
    once, again = (declared.job(declared.config.resolve(smoke=True), seed=1) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(once.weights, again.weights, strict=True))
    assert np.array_equal(once.framed.inputs, again.framed.inputs)
    names = {"main", *declared.config.variant_names()}
    for claim in declared.config.claims:
        assert claim.variant in names
        assert claim.control is None or claim.control in names or catalogue.find(claim.control.split("/")[0])


def settings_of(id: str, variant: str = "main", **overrides):
    return catalogue.load(catalogue.find(id)).config.resolve(variant, overrides)


def framed_of(id: str, variant: str = "main", **overrides) -> framing.Framed:
    experiment = catalogue.load(catalogue.find(id)).of(variant)
    return experiment.data(settings_of(id, variant, **overrides), stream(0, "data"))


def right(guesses, framed) -> int:
    known = np.ones(framed.targets.shape, bool) if framed.loss_mask is None else framed.loss_mask
    return int(((guesses == framed.targets) & known).sum())


@pytest.mark.parametrize(
    ("id", "variant", "best"),
    [("0122", "main", 23), ("0182", "no_carried_state", 10), ("0184", "main", 25), ("0184", "blind", 1)],
)
def test_the_ceiling_without_memory(id, variant, best):
    framed = framed_of(id, variant)
    assert right(probes.lookup_table(framed, framed), framed) == best


def test_a_memoryless_guesser_is_at_chance_on_letters_before():
    framed = framed_of("0192", samples=4000)
    guessed = right(probes.lookup_table(framed, framed), framed)
    assert guessed / framed.loss_mask.sum() == pytest.approx(1 / 8, abs=0.02)


@pytest.mark.parametrize("text", ["A", "aaaaaa", ""])
def test_a_users_text_without_a_task_in_it_is_refused_before_training(text):
    with pytest.raises(ValueError, match="distinct symbol"):
        framed_of("0182", text=text)


def test_a_users_text_too_short_for_its_window_is_refused():
    with pytest.raises(ValueError, match="too short for a window of 5"):
        framed_of("0182", text="abcab", framing="time steps", length=5)


@pytest.mark.parametrize(("variant", "alone"), [("main", 115), ("zero_is_A", 107), ("A_masked_too", 107)])
def test_how_many_runs_look_like_no_other(variant, alone):
    context = SimpleNamespace(framed=framed_of("0172", variant), settings=settings_of("0172", variant))
    assert _script("0172").told_apart(context)["told_apart"].value.stored == [alone, 115]


def test_runs_from_a_or_b():
    runs = alphabet.short_runs("AB", 5)
    assert written(runs) == ["A → B", "B → C", "AB → C", "BC → D", "ABC → D", "BCD → E", "ABCD → E", "BCDE → F"]
    first = _script("0173").padded(runs, settings_of("0173"), None)
    assert np.array_equal(first.inputs[:, :, 0], runs.inputs)
    assert [first.target_codec.text(target) for target in first.targets] == ["A", "B"] * 4


def test_random_padding_leaves_the_run_and_its_answer_as_they_are():
    runs = alphabet.random_runs(300, np.random.default_rng(0))
    filled = alphabet.random_padding(runs, np.random.default_rng(1))
    kept = runs.inputs != BLANK
    assert np.array_equal(filled.inputs[kept], runs.inputs[kept])
    assert set(filled.inputs[~kept]) == set(range(26))
    assert np.array_equal(filled.targets, runs.targets)
    drawn = _script("0173").behind_random_letters(runs, settings_of("0173"), np.random.default_rng(1))
    assert np.array_equal(drawn.inputs[:, :, 0], filled.inputs)
    assert np.array_equal(drawn.targets, [row[row != BLANK][0] for row in runs.inputs])


def test_a_zero_that_is_the_letter_a_hides_runs():
    a_b, b = framed_of("0173", "zero_is_A").codec.encode(np.array([[[BLANK], [0], [1]], [[BLANK], [BLANK], [1]]]))
    assert np.array_equal(a_b, b)
    a_b, b = framed_of("0172").codec.encode(np.array([[[BLANK], [0], [1]], [[BLANK], [BLANK], [1]]]))
    assert a_b[1, 0] == np.float32(1 / 27)
    assert not np.array_equal(a_b, b)


def test_a_temperature_of_one_changes_nothing():
    tempered = _script("0188").tempered
    p = np.array([0.7, 0.2, 0.1])
    assert tempered(p, 1.0) == pytest.approx(p)
    assert tempered(p, 0.5) == pytest.approx([0.49 / 0.54, 0.04 / 0.54, 0.01 / 0.54])
    assert tempered(p, 0.01) == pytest.approx([1, 0, 0])
    assert tempered(p, 1e6) == pytest.approx([1 / 3] * 3, abs=1e-5)


def test_nonsense_at_steps_not_chosen_stays_out_of_the_loss():
    framed = framed_of("0192", "others_random")
    assert framed.loss_mask.sum(axis=1).tolist() == [3] * framed.samples
    assert framed.loss_mask[:, -3:].all()
    codes = framed.inputs[:, :, 0]
    assert np.array_equal(framed.targets[:, 7:], codes[:, 5:8])
    assert np.mean(framed.targets[:, 2:7] == codes[:, :5]) < 0.2


def _script(id: str):
    """The module of a script."""
    import importlib.util

    name = catalogue.find(id)
    spec = importlib.util.spec_from_file_location(name, catalogue.root() / "experiments" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
