"""Variants that replace a part of an experiment: each part they name is used, and the section's own is not."""

import numpy as np
import pytest
from typer.testing import CliRunner

from lstm_lab.cli.entry import app
from lstm_lab.suite import catalogue
from lstm_lab.suite.running import Request, run

SCRIPT = '''"""0920 · Parts: which of them a run uses.

Question   Whose parts are used?
Look at    the measures
"""

import numpy as np

from lstm_lab import Experiment, Framed, main, models, schedule
from lstm_lab.probes import Measure


def data(value):
    def made(settings, rng):
        x = np.full((4, 2, 1), value, np.float32)
        return Framed(x, x[:, 0])
    return made


def saw(name):
    """What the run was given, under a name of the probe's own."""
    def probe(asked):
        return {
            f"{name}_value": Measure(float(asked.framed.inputs[0, 0, 0])),
            f"{name}_redrawn": Measure(float(asked.redraw(asked.settings).inputs[0, 0, 0])),
            f"{name}_outputs_of": Measure(float(len(asked.trained.weights))),
            f"{name}_carries": Measure(float(asked.order.carries)),
            f"{name}_layers": Measure(float(len(asked.architecture.layers))),
        }
    return probe


def network(layers=1, stateful=False):
    return lambda settings: models.lstm_regressor(settings.units, layers=layers, stateful=stateful)


experiment = Experiment(
    __file__,
    data=data(0.25),
    model=network(),
    order=schedule.in_batches(),
    ask=[saw("main")],
    variants={
        "other_data": {"data": data(0.75)},
        "other_model": {"model": network(layers=2)},
        "other_order": {"model": network(stateful=True), "order": lambda settings: schedule.in_sequence("epoch")},
        "other_probes": {"ask": [saw("other")]},
        PARTS
    },
)

if __name__ == "__main__":
    main(experiment)
'''

TOML = """
title = "Parts"
source = "nowhere"

[settings]
units = { value = 2, about = "LSTM units." }
epochs = { value = 1, about = "Passes over the samples." }
batch_size = { value = 2, about = "Samples of one update." }

[grid]
units = [3]

[variants.other_data]
about = "other data"

[variants.other_model]
about = "another network"

[variants.other_order]
about = "another order, and the network that fits it"

[variants.other_probes]
about = "other questions"

[variants.settings_alone]
about = "more units, and every part the section's own"
set = { units = 4 }
"""


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    def make(parts: str = ""):
        for folder, name, text in (("experiments", "py", SCRIPT.replace("PARTS", parts)), ("configs", "toml", TOML)):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / f"0920_parts.{name}").write_text(text)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return make


# value, redrawn, weight arrays, carries, layers
MAIN = ("main", 0.25, 0.25, 5, 0, 2)
USED = {
    "main": MAIN,
    "other_data": ("main", 0.75, 0.75, 5, 0, 2),
    "other_model": ("main", 0.25, 0.25, 8, 0, 3),
    "other_order": ("main", 0.25, 0.25, 5, 1, 2),
    "other_probes": ("other", 0.25, 0.25, 5, 0, 2),
    "settings_alone": MAIN,
    "units=3": MAIN,
}


def test_a_variants_own_parts_are_checked_before_anything_is_trained(checkout):
    folder = checkout('"other_data": {"data": lambda settings, rng: data("no number")(settings, rng)},')
    declared = catalogue.load_script(folder / "experiments" / "0920_parts.py")
    with pytest.raises(ValueError, match="could not convert"):
        run(declared, Request(variants=("main", "other_data")), folder / "runs")
    assert not (folder / "runs").exists()


@pytest.mark.parametrize(("trainer", "jobs"), [("compiled", None), pytest.param("keras", 2, marks=pytest.mark.full)])
def test_a_run_of_a_variant_uses_its_parts(checkout, trainer, jobs):
    declared = catalogue.load_script(checkout() / "experiments" / "0920_parts.py")
    variants = tuple(USED) if trainer == "compiled" else ("main", "other_data", "other_model")
    records = run(
        declared, Request(seeds=(0, 1), trainer=trainer, variants=variants, jobs=jobs), declared.root / "runs"
    )
    assert [record["variant"] for record in records] == [variant for variant in variants for _ in range(2)]
    for record in records:
        name, *values = USED[record["variant"]]
        suffixes = ("value", "redrawn", "outputs_of", "carries", "layers")
        measured = {name: measure.stored for name, measure in record["measures"].items()}
        assert measured == {f"{name}_{s}": v for s, v in zip(suffixes, values, strict=True)}


def test_a_variants_job_has_its_data_network_and_order(checkout):
    declared = catalogue.load_script(checkout() / "experiments" / "0920_parts.py")
    job = declared.of("other_order").job(declared.config.resolve("other_order"), seed=0)
    assert job.order.carries
    assert job.architecture.stateful
    assert np.array_equal(job.framed.inputs, declared.of("main").job(declared.config.resolve(), seed=0).framed.inputs)
    other = declared.of("other_data").job(declared.config.resolve("other_data"), seed=0)
    assert (other.framed.inputs == 0.75).all()
    assert (declared.job(declared.config.resolve(), seed=0).framed.inputs == 0.25).all()


def test_show_shows_the_variants_samples(checkout):
    checkout()
    for variant, value in (("main", "0.25"), ("other_data", "0.75")):
        shown = CliRunner().invoke(app, ["show", "0920", "--variant", variant])
        assert shown.exit_code == 0, shown.output
        assert value in shown.output


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ('"other_date": {"data": data(1)},', r"0920_parts: .* variant 'other_date', .* did you mean other_data\?"),
        ('"units=3": {"data": data(1)},', r"0920_parts: .* variant 'units=3', which is not in its TOML file"),
        (
            '"settings_alone": {"date": data(1)},',
            r"0920_parts: variant 'settings_alone' .* 'date': did you mean data\?",
        ),
        ('"settings_alone": {"probes": []},', r"'probes': use one of data, model, order, ask"),
    ],
)
def test_a_part_or_variant_that_there_is_not_is_refused(checkout, parts, says):
    script = checkout(parts) / "experiments" / "0920_parts.py"
    with pytest.raises(ValueError, match=says) as caught:
        catalogue.load_script(script).of("main")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("section", ["0150", "0230", "0240", "0310", "0410"])
def test_a_variant_named_after_a_kind_of_layer_has_that_kind_and_another_has_none_of_them(section):
    declared = catalogue.load(catalogue.find(section))
    kinds = {"gru": "GRU", "simple_rnn": "SimpleRNN"}
    trained = {}
    for variant in declared.config.variant_names():
        settings = declared.config.resolve(variant)
        layers = declared.of(variant).model(settings).layers
        named = next((kind for name, kind in kinds.items() if variant.startswith(name)), "LSTM")
        trained.setdefault(named, []).append(variant)
        wanted = [] if variant == "mlp" else [named]
        assert [type(layer).__name__ for layer in layers if layer.has_state] == wanted, variant
    assert trained.keys() == {"LSTM", *kinds.values()}
