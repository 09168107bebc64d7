"""The published sections with the defaults of Keras 1: the network, the variant, the switch, and what the page says."""

import re
from pathlib import Path

import keras
import made_up
import numpy as np
import pytest
from refusing import refused

from lstm_lab import models
from lstm_lab.cli import recording
from lstm_lab.judging.claims import Published
from lstm_lab.judging.measures import Count, Text
from lstm_lab.judging.replication import IDEA, IN_PART, LIBRARY, NEITHER, OPEN, SEED, TOO_FEW, replication
from lstm_lab.layers import LSTM
from lstm_lab.models import SGD, Adam, RMSprop
from lstm_lab.report import eras, overview
from lstm_lab.report.selection import Recorded
from lstm_lab.state import stateful_twin
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Store, canonical
from lstm_lab.suite.running import Request, run
from lstm_lab.suite.settings import KERAS1


def old(units: int = 4, **options) -> models.Architecture:
    return models.lstm_classifier(units, 3, **options).in_keras1()


# The network


def test_one_step_of_the_old_lstm_by_hand():
    rng = np.random.default_rng(0)
    x, h, c = rng.normal(0, 3, (1, 1, 2)), rng.normal(size=(1, 1)), rng.normal(size=(1, 1))
    kernel, recurrent, bias = rng.normal(size=(2, 4)), rng.normal(size=(1, 4)), rng.normal(size=4)
    i, f, g, o = (x[0] @ kernel + h @ recurrent + bias)[0]

    def gate(z):
        return 0 if z < -2.5 else 1 if z > 2.5 else z / 5 + 0.5

    wanted = gate(f) * c + gate(i) * np.tanh(g)
    _, _, (hs, cs) = LSTM(1).in_keras1().apply(np, [kernel, recurrent, bias], x, None, (h, c))
    np.testing.assert_allclose(cs[0], wanted, atol=1e-12)
    np.testing.assert_allclose(hs[0], gate(o) * np.tanh(wanted), atol=1e-12)


def test_only_the_gates_and_the_epsilon_change():
    new = models.lstm_classifier(4, 3, mask=0.0, layers=2, stateful=True)
    masking, *lstms, dense = new.layers
    assert new.in_keras1() == models.Architecture(
        (masking, *(LSTM(4, one.return_sequences, 1.0, "keras1_hard_sigmoid") for one in lstms), dense),
        True,
        optimizer=Adam(epsilon=1e-8),
    )
    assert new.in_keras1().in_keras1() == new.in_keras1()


def test_an_optimizer_keeps_what_somebody_chose_and_says_what_has_no_old_form():
    assert Adam(0.1, epsilon=1e-4).in_keras1() == Adam(0.1, epsilon=1e-4)
    assert SGD(0.1).in_keras1() == SGD(0.1)
    with refused("RMSprop has no form of Keras 1"):
        RMSprop().in_keras1()
    with refused("GRU has no form of Keras 1"):
        models.GRU(3).in_keras1()
    with refused("recurrent_activation is 'hard_sigmoid'"):
        LSTM(3, recurrent_activation="hard_sigmoid")


@pytest.mark.filterwarnings("ignore:Skipping variable loading:UserWarning")  # the optimizer has made no update yet
@pytest.mark.parametrize("architecture", [old(), old(stateful=True, forget_bias=2.0), old(layers=2, mask=-1.0)])
def test_keras_and_back(architecture, tmp_path):
    model = architecture.to_keras((2, 3, 2))
    assert models.Architecture.from_keras(model) == architecture
    model.save(tmp_path / "old.keras")
    again = keras.models.load_model(tmp_path / "old.keras")
    assert models.Architecture.from_keras(again) == architecture
    x = np.random.default_rng(0).normal(size=(2, 3, 2)).astype(np.float32)
    np.testing.assert_array_equal(model(x), again(x))


def test_a_stateful_twin_has_the_old_gates_too():
    model = old().to_keras((None, 3, 2))
    x = np.random.default_rng(0).normal(0, 3, (1, 3, 2)).astype(np.float32)
    twin = stateful_twin(model)
    for step in range(3):
        answer = twin(x[:, step : step + 1])
    np.testing.assert_allclose(answer, model(x), atol=1e-6)


# The variant


def test_every_published_section_that_trains_has_the_variant_and_no_other_experiment():
    having = {name for name in catalogue.names() if KERAS1 in catalogue.config(name).variant_names()}
    published = {name for name in catalogue.names() if catalogue.config(name).published_section}
    assert having == published - {"0210_echo_encode"}
    assert len(having) == 10
    for name in having:
        config, section = catalogue.config(name), catalogue.load(name)
        settings = config.resolve(KERAS1)
        assert settings == config.resolve()
        assert section.of(KERAS1).model(settings) == section.model(settings).in_keras1() != section.model(settings)
        assert config.seeds_of(KERAS1) == {"0130": 400, "0170": 40}.get(name[:4], 100)


def test_a_toml_file_cannot_take_the_name(folder):
    path = folder / "configs" / "0900_guess.toml"
    path.write_text(path.read_text().replace("variants.deaf", "variants.keras1"))
    with refused(r"0900_guess\.toml: variant 'keras1' is there by itself"):
        made_up.guess(folder)


# The switch


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "0900", "--era", "keras2"], "--era is 'keras2': use keras3 or keras1"),
        (["run", "0910", "--era", "keras1"], "0910_coin is no published section that trains a network"),
        (["show", "0910", "--era", "keras1"], "0910_coin is no published section that trains a network"),
        (["compare", "0900", "0910", "--era", "keras1"], "0910_coin is no published section that trains a network"),
        (["run", "0900", "--era", "keras1", "--variant", "deaf"], "--era keras1 is a variant itself: leave out deaf"),
        (["compare", "0900/deaf", "0900", "--era", "keras1"], "--era keras1 is a variant itself: leave out deaf"),
    ],
)
def test_what_has_no_old_form_is_refused_in_one_line(lab, folder, arguments, says):
    status, _, err = lab(*arguments)
    assert (status, err.count("\n")) == (2, 1)
    assert says in err


def test_the_switch_trains_the_old_network_and_records_it_as_a_run_of_its_own(lab, tmp_path):
    options = ["--settings", "smoke", "--results", str(tmp_path)]
    for era in ("keras3", "keras1", "keras1"):
        assert lab("run", "0150", "--era", era, "--seed", "3", *options)[0] == 0
    new, then = Store(tmp_path, "0150_alphabet_stateful").records()
    assert (new["variant"], then["variant"]) == ("main", KERAS1)
    assert new["config"] == then["config"]
    one, other = Store(tmp_path, "0150_alphabet_stateful").curves()
    assert one["loss"] != other["loss"]
    assert canonical([new, then]).count("\n") == 2


@pytest.mark.slow
def test_both_trainers_train_the_old_network(lab, tmp_path):
    asked = ["run", "0310", "--seed", "3", "--start", "scheduled", "--set", "epochs=15", "--results", str(tmp_path)]
    for more in (["--era", "keras1"], ["--era", "keras1", "--trainer", "keras"], []):
        assert lab(*asked, *more)[0] == 0
    compiled, by_keras, new = (curve["loss"] for curve in Store(tmp_path, "0310_memory_two_sequences").curves())
    np.testing.assert_allclose(compiled, by_keras, rtol=2e-4)  # they are kept with four digits
    assert abs(new[-1] - compiled[-1]) > 2e-3 * new[-1]


def test_the_old_network_gives_again_what_is_recorded_of_seed_0(tmp_path):
    name = catalogue.find("0150")
    then = Recorded(Path(__file__).parent.parent / "results").reference(name, KERAS1)[0]
    (now,) = run(catalogue.load(name), Request(seeds=(0,), variants=(KERAS1,)), tmp_path)
    assert (now["seed"], now["config"], now["measures"]) == (then["seed"], then["config"], then["measures"])


def test_reproduce_runs_the_sections_with_the_old_defaults(lab, folder, monkeypatch):
    asked = []

    def remember(declared, request, results, engine):
        asked.append(request.variants)
        return made_up.write(results, made_up.rights(made_up.guess(folder), [8] * 3, KERAS1)).records(), {}

    monkeypatch.setattr(recording, "watched", remember)
    monkeypatch.setattr(catalogue, "load", lambda name: None)
    made_up.write(folder / "results", made_up.rights(made_up.guess(folder), [9] * 40))
    made_up.write(folder / "results", made_up.rights(made_up.guess(folder), [7] * 40, KERAS1))
    status, out, _ = lab("reproduce", "--era", "keras1", "--seeds", "3")
    assert (status, asked) == (0, [(KERAS1,)])
    words = " ".join(out.split())
    assert "0900 right 9/10 0 of 40 seeds 0 of 3 seeds not judged" in words  # published, recorded and measured
    assert "7/10 (70 %) 8/10 (80 %)" in words


def test_published_stands_for_the_sections_that_can_be_switched():
    names = catalogue.select(["published"], KERAS1)
    assert "0150_alphabet_stateful" in names
    assert "0210_echo_encode" not in names
    assert "0210_echo_encode" in catalogue.select(["published"])


# Why a figure comes out


def counts(*rights: int) -> dict:
    return {seed: Count(right, 10) for seed, right in enumerate(rights)}


@pytest.mark.parametrize(
    ("now", "then", "cause"),
    [
        ([9] * 40, [9] * 40, IDEA),
        ([8, 9, 10, 7] * 10, [9, 8, 7, 10] * 10, SEED),
        ([9] * 40, [9] * 30 + [8] * 10, SEED),
        ([9] * 40, [9] * 35 + [8] * 5, OPEN),
        ([9] * 40, [5] * 40, LIBRARY),
        ([5] * 40, [9] * 40, LIBRARY),
        ([9] * 20 + [10] * 20, [8] * 20 + [9] * 20, IN_PART),
        ([5] * 40, [4] * 40, NEITHER),
        ([9] * 34, [9] * 34, TOO_FEW),
    ],
)
def test_the_rule_that_says_why_a_figure_comes_out(now, then, cause):
    found = replication(Published(right=9, asked=10), counts(*now), counts(*then))
    assert found.cause(differs=found.compared.p < 0.001) == cause


def test_a_text_is_compared_by_whether_it_is_the_published_one():
    now = {seed: Text("AB") for seed in range(40)}
    then = {seed: Text("AB" if seed < 25 else "AC") for seed in range(40)}
    found = replication(Published(text="AB"), now, then)
    assert (found.compared.wins, found.compared.ties, found.compared.losses) == (0, 25, 15)
    assert (found.now.given.met, found.then.given.met) == (40, 25)
    assert found.cause(differs=True) == IN_PART


def test_seeds_that_only_one_of_the_two_has_are_not_compared():
    found = replication(Published(right=9, asked=10), counts(*[9] * 60), counts(*[8] * 40))
    assert found.compared.losses == 40
    assert found.now.given.seeds == 60
    assert replication(Published(note="none is printed"), counts(9), counts(9)) is None
    assert replication(Published(right=9, asked=10), counts(9), {}) is None


# The page


def test_the_page_says_what_the_runs_say(folder):
    config, results = made_up.guess(folder), folder / "results"
    made_up.write(results, made_up.rights(config, [9] * 30 + [10] * 10))
    assert eras.page(Recorded(results)) is None
    overview.write(results)
    assert not (results / "ERAS.md").exists()
    assert "ERAS" not in (results / "README.md").read_text()
    made_up.write(results, made_up.rights(config, [9] * 10 + [7] * 30, KERAS1))
    overview.write(results)
    text = (results / "ERAS.md").read_text()
    assert "1 published figures come out, or do not:\n1 × the library, in part." in text
    (row,) = [line for line in text.splitlines() if line.startswith("| [0900]")]
    without_intervals = re.sub(r", [\d.]+–[\d.]+ %", "", row)
    assert [cell.strip() for cell in without_intervals.strip("|").split(" | ")] == [
        "[0900](0900_guess/REPORT.md)",
        "right",
        "9/10 (90 %)",
        "30 of 40 seeds give it, typical<br>interquartile mean 9/10 (90 %)",
        "10 of 40 seeds give it, typical<br>interquartile mean 7/10 (70 %)",
        "0 higher, 10 the same, 30 lower",
        "1.9e-09",
        "**the library, in part**: it is typical of both, but lower with the defaults of Keras 1",
    ]
    assert "[ERAS.md](ERAS.md)" in (results / "README.md").read_text()
    assert "| gates of an LSTM | hard_sigmoid" in text
