"""Claims: how they are judged over seeds, and which are refused because they never could be."""

import made_up
import pytest
from scipy.stats import binom

from lstm_lab.judging import verdicts
from lstm_lab.judging.claims import Claim, Published
from lstm_lab.judging.measures import Count, Number, Text, read
from lstm_lab.report import claims as report_claims
from lstm_lab.report import overview, selection
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Store

claimed = made_up.claim
CHANCE, CEILING = "chance: what guessing gets", "ceiling: computed"


def claim(condition: str, control: str | None = "deaf") -> Claim:
    stated = {"condition": condition, "control": control}
    origin = {"threshold": "chosen: a test"} if condition.startswith("at ") else {}
    return Claim(words="it guesses right", source="somewhere", measure="right", **stated, **origin)


def counts(*rights, asked=10):
    return dict(enumerate(Count(right, asked) for right in rights))


def test_seeds_that_settings_were_chosen_with_are_not_judged():
    searched_with = claim("all right").model_copy(update={"from_seed": 20})
    own, control = verdicts.judge(searched_with, counts(*[0] * 20, *[10] * 40), counts(*[10] * 20, *[0] * 40))
    assert (own.verdict, own.met, own.seeds) == (verdicts.HOLDS, 40, 40)
    assert (control.verdict, control.met) == (verdicts.FAILS, 0)


def test_a_claim_that_holds_is_said_with_a_control_that_does_not_fail():
    said = {
        control: verdicts.worded(*verdicts.judge(claim("all right"), counts(*[10] * 40), counts(*[met] * 40)))
        for control, met in (("refuted", 0), ("met", 10))
    }
    assert said == {"refuted": "holds", "met": "holds, and so does its control"}
    own, control = verdicts.judge(claim("all right"), counts(*[10] * 40), counts(*[10, 0] * 20))
    assert verdicts.worded(own, control) == "holds, but on some seeds its control meets it too"
    own, control = verdicts.judge(claim("all right"), counts(*[10] * 40), counts(*[0] * 10))
    assert verdicts.worded(own, control) == "holds, but its control has too few seeds"
    own, control = verdicts.judge(claim("all right"), counts(*[0] * 40), counts(*[10] * 40))
    assert verdicts.worded(own, control) == "fails"


def verdict(condition, values, controls=(), **changes):
    own, control = (dict(enumerate(map(read, stored))) for stored in (values, controls))
    judged = verdicts.judge(claim(condition, **changes), own, control)[0]
    return judged.verdict, judged.met, judged.seeds


# Wilson's interval: 96 of 100 begins at 0.9016, 95 of 100 at 0.8882; 4 of 100 ends at 0.0984, 5 of 100 at 0.1118.
@pytest.mark.parametrize(
    ("met", "seeds", "expected"),
    [
        (100, 100, verdicts.HOLDS),
        (96, 100, verdicts.HOLDS),
        (95, 100, verdicts.UNDECIDED),
        (50, 100, verdicts.DEPENDS),
        (5, 100, verdicts.UNDECIDED),
        (4, 100, verdicts.FAILS),
        (0, 100, verdicts.FAILS),
        (10, 20, verdicts.DEPENDS),
        (1, 1, verdicts.UNDECIDED),
        (0, 0, verdicts.NOT_RUN),
    ],
)
def test_the_rule_for_a_rate(met, seeds, expected):
    values = [[10, 10]] * met + [[9, 10]] * (seeds - met)
    assert verdict("all right", values) == (expected, met, seeds)


@pytest.mark.parametrize(
    ("condition", "values", "met"),
    [
        ("all right", [[10, 10], [9, 10]], 1),
        ("none right", [[0, 10], [1, 10], [10, 10], [10, 10]], 1),
        ("at least 0.9", [[10, 10], [9, 10], [8, 10], [7, 10]], 2),
        ("at most 0.9", [[10, 10], [9, 10], [8, 10], [7, 10]], 3),
        ("at most 0.5", [0.3, 0.4, 0.5, 0.6], 3),
        ("equals BCD", ["BCD", "BCE", "BC"], 1),
        ("equals a clock", ["a clock", "a", "clock"], 1),
    ],
)
def test_conditions_are_met_seed_by_seed(condition, values, met):
    assert verdict(condition, values)[1:] == (met, len(values))


OWN, CONTROL = [[5, 10], [2, 10], [2, 10], [3, 10], [9, 10]], [[4, 10], [3, 10], [3, 10], [6, 20]]


def test_sameness_is_a_rate_on_the_seeds_both_have():
    assert verdict("same as control", OWN, CONTROL)[1:] == (1, 4)


@pytest.mark.parametrize("condition", ["above control", "below control"])
def test_comparisons_are_paired_on_the_seeds_both_have(condition):
    own, control = (dict(enumerate(map(read, stored))) for stored in (OWN, CONTROL))
    found, _ = verdicts.judge(claim(condition), own, control)
    assert (found.wins, found.ties, found.losses) == (1, 1, 2)


# Two-sided sign tests: 6 of 6 has p = 0.031, 5 of 5 has 0.063.
@pytest.mark.parametrize(
    ("condition", "wins", "losses", "said"),
    [
        ("above control", 6, 0, "higher, as claimed"),
        ("below control", 6, 0, "higher, the opposite of the claim"),
        ("below control", 0, 6, "lower, as claimed"),
        ("above control", 0, 6, "lower, the opposite of the claim"),
        ("above control", 5, 0, "no difference shown"),
        ("above control", 20, 20, "no difference shown"),
        ("above control", 0, 0, "no difference shown"),
    ],
)
def test_better_or_worse_is_a_sign_test(condition, wins, losses, said):
    own = counts(*[2] * wins, *[0] * losses, 1)
    assert verdicts.worded(*verdicts.judge(claim(condition), own, counts(*[1] * 70))) == said


@pytest.mark.parametrize(
    ("own", "control", "said"),
    [
        (counts(*[2] * 6, *[1] * 30), counts(*[1] * 36), "a little higher, as claimed"),  # the middle half is the same
        (dict.fromkeys(range(9), read(0.0995)), dict.fromkeys(range(9), read(0.1)), "a little lower, the opposite"),
        (dict.fromkeys(range(9), read(0.0985)), dict.fromkeys(range(9), read(0.1)), "lower, the opposite"),
        (dict.fromkeys(range(9), read([991, 1000])), dict.fromkeys(range(9), read([1000, 1000])), "a little lower,"),
        (dict.fromkeys(range(9), read([10, 1000])), dict.fromkeys(range(9), read([11, 1000])), "a little lower,"),
        (dict.fromkeys(range(9), read(0.1)), dict.fromkeys(range(9), read(0.0)), "higher, as claimed"),
    ],
)
def test_a_difference_below_one_percent_is_a_little(own, control, said):
    assert verdicts.worded(*verdicts.judge(claim("above control"), own, control)).startswith(said)


def test_the_verdict_names_what_was_claimed_and_not_only_a_direction():
    assert verdicts.worded(*verdicts.judge(claim("above control"), {}, {})) == "not run"


def test_an_exact_claim_is_refuted_by_a_single_seed():
    identity = claim("all right", None).model_copy(update={"exact": True})
    assert verdicts.judge(identity, counts(10), {})[0].verdict == verdicts.EXACT
    assert verdicts.judge(identity, counts(*[10] * 99, 9), {})[0].verdict == verdicts.FAILS


def test_how_probable_a_rate_is_if_its_verdict_is_wrong():
    """100 of 100 where nine in ten is true; 0 of 100 where one in ten is; 50 of 100 is far from both."""
    assert verdicts.Rate(100, 100).p == pytest.approx(0.9**100, rel=1e-6)
    assert verdicts.Rate(0, 100).p == pytest.approx(0.9**100, rel=1e-6)
    assert 0 < verdicts.Rate(50, 100).p < 1e-12
    assert verdicts.Rate(95, 100).p is None
    assert verdicts.Rate(1, 1, exact=True).p is None


def test_the_verdicts_that_stay_when_corrected_for_their_number():
    def judged(met, exact=False):
        return report_claims.Judged(claim("all right"), verdicts.Rate(met, 40, exact), None)

    every = [judged(40), judged(0), judged(20), judged(37), judged(40, exact=True)]
    assert report_claims.surviving(every) == [True, True, True, None, None]
    assert report_claims.wrong_by_chance(every) == pytest.approx(4 * verdicts.chance_to_err(40))
    assert report_claims.tests(every) == 4
    assert report_claims.surviving([judged(40)] * 100)[0] is False


def test_tests_that_decide_nothing_count_when_verdicts_are_corrected():
    """40 of 40 has p = 0.9 ** 40 = 0.0148: below 0.05 / 3, but not below 0.05 / 4."""

    def judged(verdict):
        return report_claims.Judged(claim("all right"), verdict, None)

    found, undecided = judged(verdicts.Rate(40, 40)), judged(verdicts.Rate(37, 40))
    same = judged(verdicts.Comparison(verdicts.HIGHER, wins=5, losses=5))
    not_run, exact = judged(verdicts.Rate(0, 0)), judged(verdicts.Rate(1, 1, exact=True))
    assert report_claims.surviving([found, undecided, same, not_run, exact]) == [True, None, None, None, None]
    assert report_claims.surviving([found, undecided, undecided, same]) == [False, None, None, None]
    every = [found, undecided, same, not_run, exact]
    assert report_claims.wrong_by_chance(every) == pytest.approx(2 * verdicts.chance_to_err(40) + 0.05)


@pytest.mark.parametrize(("seeds", "expected"), [(40, 0.0419), (36, 0.0235), (100, 0.0399)])
def test_how_often_a_verdict_is_wrong_at_most_is_exact(seeds, expected):
    """Of 40 seeds 8 to 32 depend and 40 hold; of 36, 8 to 28 and 36; of 100, 16 to 84 and 96 or more."""
    assert verdicts.chance_to_err(seeds) == pytest.approx(expected, abs=5e-5)
    for true in (0.02, 0.1, 0.5, 0.899, 0.9, 0.95):
        right = verdicts.FAILS if true <= 0.1 else verdicts.HOLDS if true >= 0.9 else verdicts.DEPENDS
        said = [(binom.pmf(met, seeds, true), verdicts.Rate(met, seeds).verdict) for met in range(seeds + 1)]
        wrong = sum(p for p, verdict in said if verdict not in (right, verdicts.UNDECIDED))
        assert wrong <= verdicts.chance_to_err(seeds) + 1e-9


def test_a_seed_on_which_nothing_was_asked_is_in_no_comparison():
    own = counts(10, 9, 8) | {3: Count(0, 0)}
    found = verdicts.judge(claim("above control"), own, counts(5, 5, 5, 5))[0]
    assert (found.wins, found.ties, found.losses) == (3, 0, 0)
    assert found.difference.estimate == pytest.approx(0.4)
    assert verdicts.judge(claim("above control"), {3: Count(0, 0)}, counts(5, 5, 5, 5))[0].verdict == verdicts.NOT_RUN


def test_a_control_is_named_with_its_measure_where_that_is_another():
    one = claim("all right").model_copy(update={"control_measure": "loss"})
    judged = report_claims.Judged(one, verdicts.Rate(40, 40), verdicts.Rate(0, 40))
    assert judged.control_said == "Control deaf, `loss`: it should not do this, and does not (0 of 40)."


def test_figures_published_together_are_judged_together():
    published = {
        "first": Published(right=4, asked=4),
        "second": Published(right=3, asked=4),
        "said": Published(text="L"),
        "loss": Published(value=0.5),
        "note": Published(note="nothing"),
    }
    runs = [
        {"first": Count(4, 4), "second": Count(4, 4), "said": Text("L"), "loss": Number(9)},
        {"first": Count(4, 4), "second": Count(2, 4), "said": Text("L")},
        {"first": Count(3, 4), "second": Count(3, 4), "said": Text("L")},
        {"first": Count(4, 4), "second": Count(3, 4), "said": Text("M")},
    ]
    found = verdicts.all_as_published(published, runs)
    assert (found.met, found.seeds) == (1, 4)
    assert verdicts.all_as_published({"first": Published(right=4, asked=4)}, runs) is None
    assert verdicts.all_as_published(published, [{"first": Count(4, 4)}]) is None


def test_the_control_is_judged_by_the_same_condition():
    own, control = verdicts.judge(claim("all right"), counts(*[10] * 100), counts(*[3] * 100))
    assert (own.verdict, control.verdict) == (verdicts.HOLDS, verdicts.FAILS)
    assert verdicts.judge(claim("above control"), counts(10), counts(3))[1] is None


def test_a_lesson_needs_one_run_only():
    assert verdicts.judge(claim("all right", None), counts(10), {}, lesson=True)[0].verdict == verdicts.EXACT
    assert verdicts.judge(claim("all right", None), counts(9), {}, lesson=True)[0].verdict == verdicts.FAILS


def test_typical_is_the_central_95_percent():
    spread = [Count(right, 100) for right in range(100)]  # central 95 %: 2.475 to 96.525
    assert verdicts.typical(Published(right=96, asked=100), spread) is True
    assert verdicts.typical(Published(right=97, asked=100), spread) is False
    assert verdicts.typical(Published(right=2, asked=100), spread) is False
    assert verdicts.typical(Published(right=50, asked=100), spread[:29]) is None
    assert verdicts.typical(Published(note="not said"), spread) is None
    assert verdicts.as_published(Published(right=96, asked=100), spread) is True
    assert verdicts.as_published(Published(right=96, asked=100), [Count(96, 100)] * 2, exact=True) is True
    assert verdicts.as_published(Published(right=96, asked=100), [Count(96, 100), Count(95, 100)], exact=True) is False
    assert verdicts.as_published(Published(note="not said"), spread, exact=True) is None
    assert verdicts.typical(Published(text="L"), [Text("L")] * 2 + [Text("M")] * 38) is True
    assert verdicts.typical(Published(text="L"), [Text("L")] * 1 + [Text("M")] * 39) is False


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (
            claimed("at least 0.9.9"),
            "claim 1: setting condition is 'at least 0.9.9': '0.9.9' is not a",
        ),
        (
            claimed("at least nan"),
            "claim 1: setting condition is 'at least nan': 'nan' is not a number",
        ),
        (claimed("at least 1e400"), "claim 1: setting condition is 'at least 1e400': '1e400' is not a number"),
        (claimed("at least ٣"), "claim 1: setting condition is 'at least ٣': '٣' is not a number"),
        (claimed("at least 0.9") + "ceiling = [1]", "claim 1: setting ceiling is [1]: it should be a number, or"),
        (claimed("at least 0.9") + "ceiling = nan", "claim 1: setting ceiling is nan: it should be a number, or"),
        (claimed("at least 0.9") + "ceiling = true", "claim 1: setting ceiling is True: it should be a number, or"),
        (claimed("all right") + 'exact = "yes"', "claim 1: setting exact is 'yes': it should be true or false"),
        (claimed("all right") + "from_seed = true", "claim 1: setting from_seed is True: it should be a whole number"),
        (claimed("all right") + "from_seed = -1", "claim 1: setting from_seed is -1: it should be 0 or more"),
        (claimed("all right") + "threshold = {}", "claim 1: threshold: it should say where the number comes from"),
        (claimed("all right").replace("it guesses nearly all right", " " * 20), "claim 1: setting words is"),
        (
            claimed("nearly right"),
            "claim 1: setting condition is 'nearly right': it should be \"all right",
        ),
        (
            claimed("above control").replace('control = "deaf"', ""),
            "claim 1: condition is 'above control'",
        ),
        (claimed("at least 0.9", "guessing"), "claim 1: setting threshold is 'guessing': it should say"),
        (
            claimed("at least 0.9", "a guess: it is"),
            "claim 1: setting threshold is 'a guess: it is': its",
        ),
        (
            claimed("all right") + f'threshold = "{CHANCE}"',
            "claim 1: condition is 'all right': it has no number, so it needs no threshold",
        ),
        (claimed("at least 0.9", "other seeds: 0 to 35"), "claim 1: threshold is from other seeds: say"),
        (claimed("at least 0.9", CEILING), "claim 1: threshold is from a ceiling: say how high"),
        (claimed("at most 0.9") + "ceiling = 0.5", "claim 1: condition is 'at most 0.9': a ceiling can only"),
        (claimed("above control") + "exact = true", "claim 1: condition is 'above control': this is judged over"),
        (
            claimed("all right") + 'variant = "deaf"',
            "claim 1: control is 'deaf': name another variant than the claim's",
        ),
        (
            claimed("all right").replace('control = "deaf"', 'control_measure = "said"'),
            "claim 1: control_measure is 'said': it needs a control",
        ),
        ("[published.said]\nright = 3\n", "published.said: a count needs both `right` and `asked`"),
        ("[published.said]\nasked = 3\n", "published.said: a count needs both `right` and `asked`"),
        ("[published.said]\nright = 4\nasked = 3\n", "published.said: 4 right of 3 asked: no more can be right"),
    ],
)
def test_claims_and_figures_that_cannot_be_read_are_refused_with_file_and_place(tmp_path, toml, says):
    folder = made_up.checkout(tmp_path, tables=toml)
    with pytest.raises(ValueError) as error:
        made_up.guess(folder)
    assert str(error.value).startswith(f"0900_guess.toml: {says}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (
            claimed("all right").replace("deaf", "dead"),
            "claim 1: control 'dead': experiment 'dead'",
        ),
        (claimed("all right").replace("deaf", "0910/dead"), "variant 'dead' is unknown"),
        (
            claimed("all right") + 'variant = "dead"',
            "variant 'dead' is unknown: did you mean deaf",
        ),
        (
            claimed("all right").replace('"right"', '"rihgt"'),
            "claim 1: measure 'rihgt' is not asked: did",
        ),
        (claimed("at least 90"), "'at least 90': the measure is a count (9/10 (90 %))"),
        (claimed("equals AB"), "'equals AB': the measure is no text (9/10 (90 %))"),
        (
            claimed("all right").replace('"right"', '"said"'),
            "'all right': a text (AB) has no order",
        ),
        (claimed("above control").replace('"right"', '"said"'), "a text (AB) has no order"),
        (claimed("none right").replace('"right"', '"loss"'), "'none right': the measure (0.5) is no count of right"),
        (claimed("at least 0.1", CHANCE), "'at least 0.1', but chance alone gets 0.1"),
        (claimed("at most 0.09", CHANCE), "'at most 0.09', but chance alone gets 0.1"),
        (claimed("at least 0.5", "lookup table: no memory"), "but lookup table alone gets 0.5"),
        (claimed("at least 0.9", CEILING) + "ceiling = 0.75", "'at least 0.9', but no value can be above 0.75"),
        (
            claimed("at least 7", CEILING).replace('"right"', '"loss"') + 'ceiling = "right"',
            "no value can be above 0.9",
        ),
        (claimed("at least 0.9", CEILING) + 'ceiling = "top"', "measure 'top' is not asked"),
        (claimed("at least 0.9", CEILING) + 'ceiling = "said"', "the measure is a text (AB)"),
        (claimed("above control").replace('"deaf"', '"0900/main"'), "control is '0900/main', the claim's own"),
        (claimed("all right") + "from_seed = 100", "from_seed is 100, but main has the seeds 0 to 99 only"),
    ],
)
def test_claims_that_cannot_be_judged_are_refused_before_anything_is_written(tmp_path, monkeypatch, toml, says):
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=toml))

    def write():  # it is refused when the file is read, or when its runs are
        made_up.write(tmp_path / "results", [made_up.record(made_up.guess(tmp_path), 0)])
        overview.write(tmp_path / "results")

    with pytest.raises(ValueError) as error:
        write()
    assert "0900_guess.toml: claim 1: " in str(error.value)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert not list((tmp_path / "results").rglob("*.md"))


def test_a_threshold_of_a_number_may_be_above_one(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=claimed("at most 90").replace('"right"', '"loss"')))
    made_up.write(tmp_path / "results", [made_up.record(made_up.guess(tmp_path), seed) for seed in range(40)])
    assert "| 40 of 40 | `loss` at most 90" in overview.write(tmp_path / "results")[-1].read_text()


def test_a_control_that_is_the_same_number_on_every_seed_is_doubted(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=claimed("at least 0.5").replace('"right"', '"loss"')))
    config = made_up.guess(tmp_path)
    constant = [made_up.record(config, seed, "deaf") | {"measures": {"loss": Number(0.25)}} for seed in range(3)]
    made_up.write(tmp_path / "results", [made_up.record(config, 0), *constant])
    judged = report_claims.judged("0900_guess", selection.Recorded(tmp_path / "results"))[0]
    assert judged.doubt == "The control is 0.25 on every seed. If it cannot be another number, it refutes nothing."


def test_the_control_may_be_another_measure(tmp_path, monkeypatch):
    paired = claimed("below control").replace('"deaf"', '"main"\ncontrol_measure = "loss"')
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=paired))
    config = made_up.guess(tmp_path)
    made_up.write(tmp_path / "results", [made_up.record(config, seed) for seed in range(10)])
    judged = report_claims.judged("0900_guess", selection.Recorded(tmp_path / "results"))[0]
    assert (judged.said, judged.asked) == ("higher, the opposite of the claim", "`right` below `loss` of main")


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("all right", "'all right': a text (AB) has no order"),
        ("above control", "'above control': a text (AB) has no order"),
        ("same as control", "'same as control': one is a text and the other is not"),
    ],
)
def test_a_control_whose_measure_cannot_meet_the_condition_is_refused(tmp_path, monkeypatch, condition, says):
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=claimed(condition) + 'control_measure = "said"'))
    config = made_up.guess(tmp_path)
    made_up.write(tmp_path / "results", [made_up.record(config, 0), made_up.record(config, 0, "deaf")])
    with pytest.raises(ValueError) as error:
        overview.write(tmp_path / "results")
    assert says in str(error.value)
    assert "0900_guess.toml: claim 1: " in str(error.value)


def test_a_comparison_over_other_seeds_is_not_judged_and_says_why(tmp_path, monkeypatch):
    """A user may have run seed 7 of one and seeds 0 to 2 of the other; all else is reported."""
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=claimed("above control")))
    config = made_up.guess(tmp_path)
    made_up.write(tmp_path / "results", [made_up.record(config, 0), made_up.record(config, 1, "deaf")])
    row = overview.write(tmp_path / "results")[-1].read_text().splitlines()[-1]
    assert "**not run**" in row
    assert "Control deaf has other seeds: run both on the same, as with --seeds 35." in row


def test_a_control_in_another_experiment_is_found(tmp_path, monkeypatch):
    """Its runs come from its own folder, and are judged by the claim's condition."""
    folder = made_up.checkout(tmp_path, tables=claimed("at least 0.9").replace('"deaf"', '"0910"'))
    monkeypatch.chdir(folder)
    made_up.write(tmp_path / "results", made_up.rights(made_up.guess(tmp_path), [10] * 40))
    config = catalogue.config("0910_coin")
    other = made_up.record(made_up.guess(tmp_path), 0) | {
        "config": config.hash(config.resolve()),
        "trainer": "none",
        "measures": {"right": Count(1, 10)},
    }
    with Store(tmp_path / "results", "0910_coin").writing() as writer:
        writer.append(other)
    judged = report_claims.judged("0900_guess", selection.Recorded(tmp_path / "results"))[0]
    assert (judged.verdict.verdict, judged.control.verdict) == (
        verdicts.HOLDS,
        verdicts.FAILS,
    )  # a lesson's: one run is enough


@pytest.mark.parametrize(
    ("seeds", "verdict"),
    [(verdicts.FEWEST_SEEDS - 1, verdicts.UNDECIDED), (verdicts.FEWEST_SEEDS, verdicts.HOLDS)],
)
def test_the_fewest_seeds_are_those_with_which_a_claim_can_hold(seeds, verdict):
    assert verdicts.FEWEST_SEEDS == 35
    assert verdicts.judge(claim("all right"), counts(*[10] * seeds), {})[0].verdict == verdict
