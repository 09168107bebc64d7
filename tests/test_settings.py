"""A wrong name, type or value is one line that says what would do."""

from pathlib import Path

import pytest

from lstm_lab.suite import catalogue
from lstm_lab.suite.settings import Config, read_config
from lstm_lab.suite.values import Settings, suggest
from lstm_lab.suite.written import parse_assignments


def setting(value, **more):
    return {"value": value, "about": "A number."} | more


BASE = {
    "path": Path("configs/0900_guess.toml"),
    "title": "Guess",
    "source": "somewhere",
    "settings": {
        "units": setting(4, least=1),
        "epochs": setting(10),
        "rate": setting(0.5, above=0),
        "task": setting("echo", choices=["echo", "copy"]),
        "shown": setting([0, 1], least=0, most="units", longest=3),
    },
}
VALUES = {"units": 4, "epochs": 10, "rate": 0.5, "task": "echo", "shown": [0, 1]}


def config(**changes) -> Config:
    return Config(**(BASE | changes))


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"unit": 3}, "setting 'unit' is unknown: did you mean units?"),
        ({"zzz": 3}, "setting 'zzz' is unknown: use one of units, epochs, rate, task, shown"),
        ({"units": "many"}, "setting units is 'many': it should be a whole number"),
        ({"units": 2.0}, "setting units is 2.0: it should be a whole number"),
        ({"units": 0}, "setting units is 0: use 1 or more"),
        ({"epochs": -5}, "setting epochs is -5: it should be 1 or more"),
        ({"batch_size": 5}, "setting 'batch_size' is unknown: use one of units, epochs, rate, task, shown"),
        ({"rate": 0}, "setting rate is 0.0: use more than 0"),
        ({"task": "repeat"}, "setting task is 'repeat': use one of echo, copy"),
        ({"shown": []}, "setting shown is []: list should have at least 1 item after validation, not 0"),
        ({"shown": [1, "a"]}, "setting shown.1 is 'a': it should be a whole number"),
        ({"shown": [0, 5]}, "setting shown is [0, 5]: use 4 or less, the value of units"),
        ({"shown": [2], "units": 1}, "setting shown is [2]: use 1 or less, the value of units"),
        ({"shown": [1, 1, 1, 1]}, "setting shown is [1, 1, 1, 1]: use a length of 3 or less"),
        ({"task": 3}, "setting task is 3: it should be a text"),
        ({"rate": "fast"}, "setting rate is 'fast': it should be a number"),
    ],
)
def test_wrong_settings_are_named_with_what_would_do(overrides, says):
    with pytest.raises(ValueError) as error:
        config().resolve(overrides=overrides)
    assert str(error.value) == says


def test_later_settings_win():
    made = config(
        variants={"small": {"set": {"units": 1, "epochs": 5}}},
        smoke={"epochs": 2},
        grid={"units": [1, 2], "rate": [0.1]},
    )
    assert list(made.resolve().recorded().items()) == list(VALUES.items())
    assert made.resolve("small").epochs == 5
    assert made.resolve("small", smoke=True).epochs == 2
    assert made.resolve("small", {"epochs": 7}, smoke=True).epochs == 7
    assert (made.resolve("units=2,rate=0.1").units, made.resolve("units=2,rate=0.1").rate) == (2, 0.1)
    assert made.variant_names() == ["main", "small", "units=1,rate=0.1", "units=2,rate=0.1"]


def test_unknown_variant_suggests_the_nearest():
    with pytest.raises(ValueError, match=r"variant 'smal' is unknown: did you mean small\?"):
        config(variants={"small": {"set": {"units": 1}}}).resolve("smal")


def test_hash_stands_for_the_experiment_its_revision_and_every_setting():
    others = [config(), config(path=Path("0901_guess.toml")), config(revision=2)]
    hashes = {each.hash(each.resolve()) for each in others} | {config().hash(config().resolve(overrides={"units": 5}))}
    assert len(hashes) == 4
    assert config().hash(config().resolve()) in hashes


def test_epochs_and_batch_size_are_there_but_recorded_only_where_they_are_declared():
    made = config().resolve()
    assert (made.batch_size, Settings().epochs) == (1, 1)
    assert "batch_size" not in made.recorded()
    assert made.replace(units=2).recorded() == VALUES | {"units": 2}


def test_a_file_counts_with_its_content_and_the_word_for_the_shipped_one_is_no_path(tmp_path, monkeypatch):
    shipped, own = tmp_path / "shipped.csv", tmp_path / "own.csv"
    made = config(path=tmp_path / "configs/0900.toml", settings={"data": setting("example", file="shipped.csv")})

    def hashed(**overrides):
        return made.hash(made.resolve(overrides=overrides))

    for path in (shipped, own):
        path.write_text("1")
    before, before_own = hashed(), hashed(data=str(own))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "example").write_text("another file")
    assert hashed() == before != before_own == hashed(data=str(own))
    for path in (shipped, own):
        path.write_text("2")
    assert hashed() != before
    assert hashed(data=str(own)) != before_own


def test_replace_checks_like_the_original():
    made = config().resolve()
    assert made.replace(epochs=3).epochs == 3
    with pytest.raises(ValueError, match="setting epochs is 0"):
        made.replace(epochs=0)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("units=8", 8),
        ("units=16.0", 16),
        ("units=1e1", 10),
        ("units=0x10", 16),
        (" units = 7 ", 7),
        ("rate=1", 1.0),
        ("rate=.5", 0.5),
        ("on=True", True),
        ("on=no", False),
        ("on=0", False),
        ("text=abab", "abab"),
        ("text=123", "123"),
        ("text=2020-01-01", "2020-01-01"),
        ("text=true", "true"),
        ("text= a # b", " a # b"),
        ("text='a b'", "a b"),
        (r'text="a\nb"', "a\nb"),
        ("text=a=b", "a=b"),
        ("text=", ""),
        ("shown=[1, 2.0]", [1, 2]),
        ("shown=1,2", [1, 2]),
        ("shown=1", [1]),
        ("any=[[1, 2], ['a']]", [[1, 2], ["a"]]),
        ("any=a,1", ["a", 1]),
        ("any=", []),
    ],
)
def test_a_settings_type_decides_how_an_assignment_is_read(written, value):
    made = config(settings=BASE["settings"] | {"on": setting(True), "text": setting("ABC"), "any": setting([])})
    name = written.partition("=")[0].strip()
    read = getattr(made.resolve(overrides=parse_assignments([written])), name)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("units=2.5", "setting units is 2.5: it should be a whole number"),
        ("units=many", "setting units is 'many': it should be a whole number"),
        ("units=[1]", "setting units is '[1]': it should be a whole number"),
        ("units=", "setting units is '': it should be a whole number"),
        ("units=" + "9" * 5000, "it should be a whole number"),
        ("rate=nan", "setting rate is 'nan': it should be a number"),
        ("on=maybe", "setting on is 'maybe': it should be true or false"),
        ("shown=[1,x]", "setting shown is '[1,x]': it should be a list"),
        ("shown=1,x", "setting shown.1 is 'x': it should be a whole number"),
        ("shown=" + "[" * 3000, "it should be a list"),
        ("shown=", "setting shown is []"),
        ("unitz=3", "setting 'unitz' is unknown: did you mean units?"),
        ("text=a\udcff", "setting text is 'a\\udcff': it cannot be recorded"),
    ],
)
def test_an_assignment_that_cannot_be_read_is_refused_by_its_setting(written, says):
    made = config(settings=BASE["settings"] | {"on": setting(True), "text": setting("ABC")})
    with pytest.raises(ValueError) as error:
        made.resolve(overrides=parse_assignments([written]))
    assert says in str(error.value)


@pytest.mark.parametrize("written", ["units=3\nepochs=2", "units=3\n", "text=a\rb", 'text="""a\nb"""'])
def test_an_assignment_of_several_lines_is_refused(written):
    with pytest.raises(ValueError, match="it has several lines; write --set before each setting"):
        parse_assignments([written])


def test_a_setting_is_assigned_once():
    with pytest.raises(ValueError, match="setting 'units' is given twice: leave one of the two out"):
        parse_assignments(["units=3", "lag=1", "units =4"])


@pytest.mark.parametrize("written", ["units", "=3", " = 3", ""])
def test_an_assignment_is_a_name_and_a_value(written):
    with pytest.raises(ValueError, match=f"--set {written!r}: write it as name=value"):
        parse_assignments([written])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('title = "Guess"\n[settings', "guess.toml: not valid TOML"),
        ('title = "Guess"\n', "guess.toml: setting 'source' is missing"),
        ('title = "Guess"\nsource = "x"\ncolour = 1\n', "guess.toml: setting 'colour' is unknown"),
        (
            'title = "Guess"\nsource = "x"\n[settings]\nunits = { value = 0, about = "LSTM units.", least = 1 }\n',
            "guess.toml: setting units is 0: use 1 or more",
        ),
        (
            'title = "Guess"\nsource = "x"\n[settings]\nunits = { value = 0 }\n',
            "guess.toml: setting 'settings.units.about' is missing",
        ),
        (
            'title = "Guess"\nsource = "x"\n[settings]\nunits = { value = 0, about = "units" }\n',
            "guess.toml: setting settings.units.about is 'units'",
        ),
        (
            'title = "Guess"\nsource = "x"\n[settings]\nlag = { value = 1, about = "Lag.", most = "step" }\n',
            "guess.toml: setting lag has most = 'step', unknown: use one of lag",
        ),
        (
            'title = "Guess"\nsource = "x"\n[settings]\nunits = { value = 1, about = "Units." }\n'
            "[variants.big.set]\nunit = 9\n",
            "guess.toml: setting 'unit' is unknown: did you mean units?",
        ),
        (
            'title = "Guess"\nsource = "xyz"\n[[claims]]\nwords = "it guesses right"\nsource = "xyz"\n'
            'measure = "right"\ncondition = "mostly right"\n',
            "guess.toml: claim 1: setting condition is 'mostly right': it should be \"all right\"",
        ),
    ],
)
def test_a_wrong_file_is_one_line_with_its_name(tmp_path, text, says):
    path = tmp_path / "guess.toml"
    path.write_text(text)
    with pytest.raises(ValueError) as error:
        read_config(path)
    assert str(error.value).startswith(says)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"guess\.toml is missing: every script"):
        read_config(tmp_path / "guess.toml")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("shufled", "shuffled"),
        ("SHUFFLED", "shuffled"),
        ("batch", "batch_size"),
        ("hidden_units", "units"),
        ("q", None),
        ("", None),
        ("lr", None),
        ("steps_size", None),  # half of batch_size is in it, and nobody means that
        ("unset", None),
    ],
)
def test_suggest_names_what_is_near_and_otherwise_lists_what_there_is(wrong, meant):
    names = ["shuffled", "main", "batch_size", "units"]
    assert suggest(wrong, names) == (f"did you mean {meant}?" if meant else f"use one of {', '.join(names)}")


def test_a_long_list_is_cut():
    said = suggest("q", [f"units={n}" for n in range(100)])
    assert said.endswith("units=18, units=19, … (100 in all)")


def test_variants_that_claims_need_get_seeds_enough_for_a_verdict():
    claim = {"words": "it guesses right", "source": "somewhere", "measure": "right", "condition": "all right"}
    made = config(
        seeds=100,
        variant_seeds=10,
        cell_seeds=5,
        variants={name: {"set": {"units": 1}} for name in ("judged", "deaf", "other")},
        grid={"units": [1, 2]},
        claims=[claim | {"variant": "judged", "control": "deaf"}],
    )
    wanted = {"main": 100, "judged": 100, "deaf": 40, "other": 10, "units=1": 5, "units=2": 5}
    assert {variant: made.seeds_of(variant) for variant in made.variant_names()} == wanted


def test_a_list_that_is_walked_through_may_not_be_empty():
    made = config(settings={"shown": setting([1, 2]), "sequences": setting([])})
    assert made.resolve(overrides={"shown": [3], "sequences": []}).shown == [3]
    with pytest.raises(ValueError, match=r"setting shown is \[\]"):
        made.resolve(overrides={"shown": []})


def test_what_takes_long_is_told_by_its_name_and_has_fewer_seeds():
    made = config(
        seeds=40,
        long={"steps=1000,*": 5, "slow": 36},
        variants={"slow": {"set": {"units": 1}}, "other": {"set": {"units": 2}}},
        grid={"steps": [10, 1000], "units": [1, 2]},
    )
    long = [variant for variant in made.variant_names() if made.takes_long(variant)]
    assert long == ["slow", "steps=1000,units=1", "steps=1000,units=2"]
    assert [made.seeds_of(variant) for variant in long] == [36, 5, 5]
    assert made.seeds_of("main") == made.seeds_of("other") == 40
    whole = config(seeds=20, long={"*": 36})
    assert whole.takes_long("main")
    assert whole.seeds_of("main") == 20
    assert not config().takes_long("main")


@pytest.mark.parametrize(
    "drawn", ['[histories]\nsigns = ["main", "sign"]', '[curves]\nover = "k"\nlabel = "signs"\nvariants = ["sign"]']
)
def test_figures_name_variants_there_are(tmp_path, drawn):
    path = tmp_path / "0900_guess.toml"
    path.write_text(f'title = "Guess"\nsource = "nowhere"\n{drawn}\n')
    with pytest.raises(ValueError, match="variant 'sign' to draw is unknown"):
        read_config(path)


@pytest.mark.parametrize(
    ("section", "overrides", "says"),
    [
        ("0188", {"draws": 0}, "setting draws is 0: use 1 or more"),
        ("0188", {"temperature": 0.0}, "setting temperature is 0.0: use more than 0"),
        ("0250", {"steps": 8}, "setting steps is 8: use 6 or less"),
        ("0256", {"steps": 12}, "setting steps is 12: use 10 or less"),
        ("0256", {"steps": 3, "lag": 3}, "setting steps is 3: use more than 3, the value of lag"),
        ("0258", {"steps": 9}, "setting k1 is 25: use 9 or less, the value of steps"),
        ("0268", {"steps": 3}, "setting steps is 3: use one of 1, 2"),
        (
            "0310",
            {"sequences": [[3, 0, 3], [4, 0, 4], [1, 0, 1]]},
            "setting sequences is [[3, 0, 3], [4, 0, 4], [1, 0, 1]]: use a length of 2 or less",
        ),
        ("0310", {"sequences": [[3, 0, 3]]}, "setting sequences is [[3, 0, 3]]: use a length of 2 or more"),
        ("0340", {"steps": 5}, "setting steps is 5: use 4 or less"),
        ("0450", {"shown": [100, 0]}, "setting shown is [100, 0]: use 1 or more"),
        ("0720", {"outputs": 26}, "setting outputs is 26: use 25 or less"),
        ("0730", {"seen": 7}, "setting seen is 7: use 6 or less, the value of length"),
        ("0750", {"outputs": 6}, "setting outputs is 6: use 5 or less, the value of length"),
    ],
)
def test_values_out_of_bounds_are_refused_before_anything_is_built(section, overrides, says):
    with pytest.raises(ValueError) as error:
        catalogue.config(catalogue.find(section)).resolve(overrides=overrides)
    assert str(error.value) == says


@pytest.mark.parametrize(
    ("section", "overrides"),
    [("0250", {"steps": 6}), ("0256", {"steps": 10}), ("0340", {"steps": 4}), ("0720", {"outputs": 25})],
)
def test_the_bounds_themselves_will_do(section, overrides):
    build(catalogue.load(catalogue.find(section)), overrides)


def test_every_setting_has_a_sentence():
    for name in catalogue.names():
        for setting, entry in catalogue.config(name).settings.items():
            assert entry.about.endswith("."), f"{name}: {setting}"


# Any text may do, or its parts are checked where it is used.
FREE = {"column", "data", "form", "labels", "text", "unseen"}


def build(declared, overrides):
    from lstm_lab.suite.experiment import Experiment

    resolved = declared.config.resolve(overrides=overrides, smoke=True)
    if isinstance(declared, Experiment):
        declared.job(resolved, 0)


def test_every_setting_that_is_a_word_refuses_one_it_does_not_know():
    for name in catalogue.names():
        declared = catalogue.load(name)
        for word, entry in declared.config.settings.items():
            if not isinstance(entry.value, str) or word in FREE:
                continue
            with pytest.raises(ValueError, match="foo"):
                build(declared, {word: "foo"})
