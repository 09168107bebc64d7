"""Claims: how they are judged over seeds, and which are refused because they never could be."""

import made_up
import pytest

from lstm_lab.judging import claims
from lstm_lab.judging.claims import Claim, Published
from lstm_lab.judging.measures import Count, Text, read
from lstm_lab.report import claims as report_claims
from lstm_lab.report import overview, selection
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Store


def claimed(condition: str) -> str:
    """A claim as a TOML file states it."""
    return made_up.CLAIM.format(condition=condition)


def claim(condition: str, control: str | None = "deaf") -> Claim:
    return Claim(words="it guesses right", source="somewhere", measure="right", condition=condition, control=control)


def counts(*rights, asked=10):
    return dict(enumerate(Count(right, asked) for right in rights))


def test_seeds_that_settings_were_chosen_with_are_not_judged():
    searched_with = claim("all right").model_copy(update={"from_seed": 20})
    own, control = claims.judge(searched_with, counts(*[0] * 20, *[10] * 40), counts(*[10] * 20, *[0] * 40))
    assert (own.verdict, own.met, own.seeds) == (claims.HOLDS, 40, 40)
    assert (control.verdict, control.met) == (claims.FAILS, 0)


def test_a_claim_that_holds_is_said_with_a_control_that_does_not_fail():
    said = {
        control: claims.worded(*claims.judge(claim("all right"), counts(*[10] * 40), counts(*[met] * 40)))
        for control, met in (("refuted", 0), ("met", 10))
    }
    assert said == {"refuted": "holds", "met": "holds, and so does its control"}
    own, control = claims.judge(claim("all right"), counts(*[10] * 40), counts(*[10, 0] * 20))
    assert claims.worded(own, control) == "holds, its control depends on the seed"
    own, control = claims.judge(claim("all right"), counts(*[0] * 40), counts(*[10] * 40))
    assert claims.worded(own, control) == "fails"


def verdict(condition, values, controls=(), **changes):
    own, control = (dict(enumerate(map(read, stored))) for stored in (values, controls))
    judged = claims.judge(claim(condition, **changes), own, control)[0]
    return judged.verdict, judged.met, judged.seeds


# Wilson's interval: 96 of 100 begins at 0.9016, 95 of 100 at 0.8882; 4 of 100 ends at 0.0984, 5 of 100 at 0.1118.
@pytest.mark.parametrize(
    ("met", "seeds", "expected"),
    [
        (100, 100, claims.HOLDS),
        (96, 100, claims.HOLDS),
        (95, 100, claims.DEPENDS),
        (5, 100, claims.DEPENDS),
        (4, 100, claims.FAILS),
        (0, 100, claims.FAILS),
        (29, 29, claims.TOO_FEW),
        (0, 0, claims.TOO_FEW),
    ],
)
def test_the_rule_for_a_rate(met, seeds, expected):
    values = [[10, 10]] * met + [[9, 10]] * (seeds - met)
    assert verdict("all right", values) == (expected, met, seeds)


@pytest.mark.parametrize(
    ("condition", "values", "met"),
    [
        ("all right", [[10, 10], [9, 10]], 1),
        ("none right", [[0, 10], [1, 10], [10, 10]], 1),
        ("at least 0.9", [[10, 10], [9, 10], [8, 10]], 2),
        ("at most 0.9", [[10, 10], [9, 10], [8, 10]], 2),
        ("at most 0.5", [0.4, 0.5, 0.6], 2),
        ("equals BCD", ["BCD", "BCE", "BC"], 1),
    ],
)
def test_conditions_are_met_seed_by_seed(condition, values, met):
    assert verdict(condition, values)[1:] == (met, len(values))


@pytest.mark.parametrize(("condition", "met"), [("above control", 1), ("below control", 2), ("same as control", 1)])
def test_comparisons_are_paired_on_the_seeds_both_have(condition, met):
    own, control = [[5, 10], [2, 10], [2, 10], [3, 10], [9, 10]], [[4, 10], [3, 10], [3, 10], [6, 20]]
    assert verdict(condition, own, control)[1:] == (met, 4)


def test_the_control_is_judged_by_the_same_condition():
    own, control = claims.judge(claim("all right"), counts(*[10] * 100), counts(*[3] * 100))
    assert (own.verdict, control.verdict) == (claims.HOLDS, claims.FAILS)
    assert claims.judge(claim("above control"), counts(10), counts(3))[1] is None


def test_a_lesson_needs_no_thirty_seeds():
    exact = claims.judge(claim("all right", None), counts(10), {}, exact=True)[0]
    assert exact.verdict == claims.HOLDS
    assert claims.judge(claim("all right", None), counts(9), {}, exact=True)[0].verdict == claims.FAILS


def test_typical_is_the_central_95_percent():
    spread = [Count(right, 100) for right in range(100)]  # central 95 %: 2.475 to 96.525
    assert claims.typical(Published(right=96, asked=100), spread) is True
    assert claims.typical(Published(right=97, asked=100), spread) is False
    assert claims.typical(Published(right=2, asked=100), spread) is False
    assert claims.typical(Published(right=50, asked=100), spread[:29]) is None
    assert claims.typical(Published(note="not said"), spread) is None
    assert claims.typical(Published(text="L"), [Text("L")] * 2 + [Text("M")] * 38) is True
    assert claims.typical(Published(text="L"), [Text("L")] * 1 + [Text("M")] * 39) is False


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (
            claimed("at least 0.9.9"),
            "claim 1: setting condition is 'at least 0.9.9': 0.9.9 is not a",
        ),
        (
            claimed("at least nan"),
            "claim 1: setting condition is 'at least nan': nan is not a number",
        ),
        (
            claimed("nearly right"),
            "claim 1: setting condition is 'nearly right': it should be \"all right",
        ),
        (
            claimed("above control").replace('control = "deaf"', ""),
            "claim 1: condition is 'above control'",
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
    ],
)
def test_claims_that_cannot_be_judged_are_refused_before_anything_is_written(tmp_path, monkeypatch, toml, says):
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=toml))
    made_up.write(tmp_path / "results", [made_up.record(made_up.guess(tmp_path), 0)])
    with pytest.raises(ValueError) as error:
        overview.write(tmp_path / "results")
    assert "0900_guess.toml: claim 1: " in str(error.value)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert not list((tmp_path / "results").rglob("*.md"))


def test_a_threshold_of_a_number_may_be_above_one(tmp_path, monkeypatch):
    monkeypatch.chdir(made_up.checkout(tmp_path, tables=claimed("at most 90").replace('"right"', '"loss"')))
    made_up.write(tmp_path / "results", [made_up.record(made_up.guess(tmp_path), seed) for seed in range(40)])
    assert "**holds** | 40/40 | `loss` at most 90" in overview.write(tmp_path / "results")[-1].read_text()


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
        claims.HOLDS,
        claims.FAILS,
    )  # a lesson's: one run is enough


@pytest.mark.parametrize(("seeds", "verdict"), [(34, claims.TOO_FEW), (35, claims.HOLDS)])
def test_the_fewest_seeds_are_those_with_which_a_claim_can_hold(seeds, verdict):
    one = claims.Claim(words="It is always right", source="nowhere", measure="right", condition="all right")
    judged, _ = claims.judge(one, {seed: Count(9, 9) for seed in range(seeds)}, {})
    assert judged.verdict == verdict
