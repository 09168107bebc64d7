"""The forms in which ids, variants and settings may be written, what a shell completes, and a copy of an experiment."""

import os
import subprocess
import sys
import tomllib

import made_up
import pytest

from lstm_lab.common.files import locked
from lstm_lab.suite import catalogue, copying
from lstm_lab.suite.results import Store

VARIANTS = """
[variants.often]
about = "twenty throws"
set = { throws = 20 }

[variants.never]
about = "none"
set = { throws = 0 }
"""


@pytest.fixture
def lab(folder, lab):
    """The commands, in a made-up checkout whose lesson has two variants."""
    with open(folder / "configs" / "0910_coin.toml", "a") as file:
        file.write(VARIANTS)
    return lab


def refused(outcome: tuple[int, str, str]) -> str:
    status, _, err = outcome
    assert status == 2
    assert err.count("\n") == 1
    return err


def recorded(results="runs") -> dict[str, int]:
    """variant → throws, of the coin's runs."""
    return {run["variant"]: run["settings"]["throws"] for run in Store(results, "0910_coin").records()}


@pytest.mark.parametrize("path", ["experiments/0910_coin.py", "./experiments/0910_coin.py", "0910_coin.py", "absolute"])
def test_a_scripts_path_is_an_id(lab, folder, path):
    path = str(folder / "experiments" / "0910_coin.py") if path == "absolute" else path
    assert lab("run", path)[0] == 0
    assert lab("show", path)[1].startswith("0910 · Coin")
    assert lab("export", path, "--results", "runs")[1].count("\n") == 1
    assert lab("run", f"{path}/often")[0] == 0
    assert recorded() == {"main": 10, "often": 20}


def test_a_path_that_is_no_script_of_this_checkout_is_refused(lab, folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "0910_coin.py"
    elsewhere.write_text("")
    assert f"{elsewhere} is no script of " in refused(lab("run", str(elsewhere)))
    assert "there is no script experiments/0910_coi.py: did you mean 0910_coin.py?" in refused(
        lab("run", "experiments/0910_coi.py")
    )


def test_an_id_may_name_its_variant(lab):
    assert lab("run", "0910/often", "0900/../x")[0] == 2  # nothing of a wrong list is run
    assert lab("run", "coin/never")[0] == 0
    assert recorded() == {"never": 0}
    assert lab("run", "0910", "0910/often", "--seed", "3")[0] == 0
    assert recorded() == {"never": 0, "main": 10, "often": 20}
    assert "throws   20" in lab("show", "0910/often")[1]
    assert "0910/… names its variant already" in refused(lab("run", "0910/often", "--variant", "never"))
    assert "--era keras1: 0910/… names its variant already" in refused(lab("show", "0910/often", "--era", "keras1"))
    assert "variant 'oftn' is unknown: did you mean often?" in refused(lab("run", "0910/oftn"))
    for half in ("0910/", "/"):
        assert f"{half!r} names no variant behind its slash: write an id such as" in refused(lab("run", half))
    assert "'0910/often' names a variant: only an experiment is meant here, '0910'" in refused(
        lab("sweep", "0910/often")
    )
    with pytest.raises(ValueError, match=r"meant here, '\\r0'$"):
        catalogue.find("\r0/0")


def test_all_behind_a_slash_is_every_variant_or_every_experiment_of_a_source(lab):
    assert lab("run", "0910/all")[0] == 0
    assert recorded() == {"main": 10, "often": 20, "never": 0}
    assert catalogue.with_variants(["0900", "nowhere/all"]) == {"0900_guess": [""], "0910_coin": [""]}
    assert catalogue.select(["nowhere/all"]) == ["0910_coin"]
    assert "all stands for several experiments: one is meant here" in refused(lab("show", "all"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0911", "0910_coin"),
        ("912", "0910_coin"),
        ("coim", "0910_coin"),
        ("guess_it", "0900_guess"),
        ("zebra", None),
        ("0110", None),
        ("", None),
    ],
)
def test_only_what_is_near_is_suggested(folder, text, meant):
    with pytest.raises(ValueError) as error:
        catalogue.find(text)
    assert str(error.value).endswith(f"did you mean {meant}?" if meant else "`lstm-lab list` shows all ids")


def test_compare_takes_all_variants_that_have_runs(lab, folder):
    config = made_up.guess(folder)
    records = made_up.rights(config, [9, 10, 10, 9]) + made_up.rights(config, [4, 5, 5, 4], "deaf")
    made_up.write(folder / "results", records)
    out = lab("compare", "0900/all")[1]
    assert "left out, without runs that measure right: 0900/keras1" in out
    assert "+50.0 points" in out
    assert "fewer than two have runs that have right in results" in refused(lab("compare", "somewhere/all"))
    assert "fewer than two have runs in runs: run them first" in refused(
        lab("compare", "0900/all", "--set", "epochs=3")
    )
    assert "experiments measure different things; name those of one source" in refused(lab("compare", "all"))


def test_compare_takes_the_experiments_of_a_source_that_have_the_measure(lab, folder):
    toml = folder / "configs" / "0910_coin.toml"
    toml.write_text(toml.read_text().replace("nowhere", "somewhere, too"))
    config = made_up.guess(folder)
    made_up.write(folder / "results", made_up.rights(config, [9, 10]) + made_up.rights(config, [4, 5], "deaf"))
    lab("run", "0910/all", "--seeds", "2", "--results", "results")
    assert "fewer than two have runs that have" in refused(lab("compare", "somewhere/all"))
    out = lab("compare", "0910/all", "--measure", "heads")[1]
    assert "0910/often" in out
    assert "0910 − 0910/never" in out


def completed(monkeypatch, lab, *words: str) -> list[str]:
    """What bash is offered for these words, the last of which is being typed; no error may stand in its line."""
    monkeypatch.setenv("_LSTM_LAB_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "\n".join(["lstm-lab", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    _, out, err = lab(*words)
    assert err == ""
    return out.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["run", "09"], ["0900_guess", "0910_coin"]),
        (["run", "co"], ["coin"]),
        (["run", "0910/"], ["0910/main", "0910/often", "0910/never", "0910/all"]),
        (["show", "experiments/0910_coin.py/o"], ["experiments/0910_coin.py/often"]),
        (["run", "0910", "--variant", ""], ["main", "often", "never", "all"]),
        (["show", "0910", "--variant", ""], ["main", "often", "never"]),
        (["run", "0900", "--set", "uni"], ["units=", "units=4"]),
        (["run", "0900", "--set", "units", "="], ["4"]),  # as bash splits units=
        (["run", "0900", "--set", "units", "=", "4"], ["4"]),
        (["run", "--set", "uni"], []),
        (["run", "nope/"], []),
        (["new", "0901", "--from", "09"], ["0900_guess", "0910_coin"]),
    ],
)
def test_a_shell_is_offered_ids_variants_and_settings(monkeypatch, lab, words, offered):
    assert completed(monkeypatch, lab, *words) == offered


def test_a_file_that_cannot_be_read_completes_nothing(monkeypatch, lab, folder):
    (folder / "configs" / "0910_coin.toml").write_text("title")
    assert completed(monkeypatch, lab, "run", "0910", "--set", "") == []


def test_completing_imports_nothing_heavy(folder):
    made = {"_LSTM_LAB_COMPLETE": "complete_bash", "COMP_WORDS": "lstm-lab\nrun\n0900\n--set\nu", "COMP_CWORD": "4"}
    code = "import sys, atexit; atexit.register(lambda: print(*sys.modules)); from lstm_lab.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | made, capture_output=True, text=True)
    assert "units=4" in done.stdout
    assert not {"keras", "tensorflow", "jax", "pandas", "scipy", "sklearn", "matplotlib"} & set(done.stdout.split())


ORIGINAL = '''
title = "Guess"
answer = """
[published.by] = nobody: {{ seeds("0900") }}
"""
source = "somewhere"
published_section = true
revision = 2  # of the original
seeds = 40
keras_seeds = [
    7,
]
keras1_seeds = 40

# About the settings.
[settings]
units = { value = 4, about = "LSTM units.", least = 1 }  # [claims]
shown = { value = [[1],
[2]], about = "A list." }

# About what is published.
[published.right]
right = 9
asked = 10

[measures]
right = "Right guesses."

[variants.deaf]
about = "hears nothing"
set = { units = 1 }  # kept
''' + made_up.claim("all right")


def test_a_copy_has_the_settings_and_none_of_the_figures_and_claims(folder):
    (folder / "configs" / "0900_guess.toml").write_text(ORIGINAL)
    script, toml = copying.copy("0900_guess", "0901", "my_guess")
    assert (script, toml) == (folder / "experiments/0901_my_guess.py", folder / "configs/0901_my_guess.toml")
    assert script.read_text() == '"""0901 · My guess.\n\nQuestion   Can it guess?\n"""\n'
    original, copied = tomllib.loads(ORIGINAL), tomllib.loads(toml.read_text())
    kept = ("settings", "measures", "variants")
    assert copied == {"title": "My guess", "source": "own, a copy of 0900_guess", "seeds": 0} | {
        each: original[each] for each in kept
    }
    assert "# About the settings." in toml.read_text()
    assert "= { units = 1 }  # kept" in toml.read_text()
    assert "About what is published" not in toml.read_text()


def test_a_copied_script_has_another_title_and_source(folder):
    script = folder / "experiments" / "0910_coin.py"
    old = script.read_text()
    script.write_text(
        old.replace("is heads.", "is\nheads.").replace("Look at", "Source     a book,\n           its end\nLook at")
    )
    text = copying.copy("0910_coin", "0911")[0].read_text()
    assert text.startswith('"""0911 · My coin.\n\nQuestion   Is a coin fair?\n')
    assert "Or is it not?\nSource     own, a copy of 0910_coin\nLook" in text
    assert text.partition("Look at")[2] == old.partition("Look at")[2]


def test_a_copy_runs_and_is_listed(lab, folder):
    status, out, _ = lab("new", "0911", "--from", "experiments/0910_coin.py", "--name", "my_coin")
    assert status == 0
    assert out.splitlines() == [
        "experiments/0911_my_coin.py",
        "configs/0911_my_coin.toml",
        "run it: lstm-lab run 0911 --settings smoke",
    ]
    assert lab("run", "0911/often")[0] == 0
    assert "changed: throws = 3 (TOML file: 10)" in lab("run", "0911", "--set", "throws=3")[1]
    assert "0911 is an experiment of your own and has no reference runs" in refused(
        lab("compare", "0911", "--set", "throws=3")
    )
    assert lab("record", "0911")[0] == 0
    assert not (folder / "results" / "0911_my_coin").exists()  # a copy has no reference runs
    listed = lab("list")[1]
    assert "own\n" in listed
    assert "0911 My coin" in listed
    assert lab("new", "0912", "--from", "0910")[0] == 0
    assert catalogue.find("0912") == "0912_my_coin_2"  # my_coin is taken


def test_a_copy_in_another_folder_brings_the_file_it_reads(lab, folder):
    toml = folder / "configs" / "0910_coin.toml"
    toml.write_text(
        toml.read_text().replace(
            "[smoke]", 'data = { value = "x", about = "A file.", file = "experiments/data.csv" }\n[smoke]'
        )
    )
    (folder / "experiments" / "data.csv").write_text("1")
    status, out, _ = lab("new", "0911", "--from", "0910", "--folder", "mine")
    assert status == 0
    assert "run it: python mine/experiments/0911_my_coin.py --settings smoke" in out
    assert (folder / "mine" / "experiments" / "data.csv").read_text() == "1"
    assert (folder / "mine" / "configs" / "0911_my_coin.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("0910", "--from", "0900"), "id 0910 is that of 0910_coin: write another, such as 0901"),
        (("911", "--from", "0910"), "id is '911': write four digits, such as 0901"),
        (("../a", "--from", "0910"), "id is '../a': write four digits"),
        (("٠٩١١", "--from", "0910"), "write four digits"),
        (("0911", "--from", "0910", "--name", "../coin"), "name is '../coin': write small letters"),
        (
            ("0911", "--from", "0910", "--name", "coin"),
            "name 'coin' is that of 0910_coin: write another, such as coin_2",
        ),
        (("0911", "--from", "0910", "--name", "a" * 61), "at most 60"),
        (("0911", "--from", "0999"), "experiment '0999' is unknown"),
        (("0911", "--from", "0910/often"), "names a variant: only an experiment is meant here"),
        (("0911", "--from", "0910", "--folder", ""), "it is empty: name a folder"),
        (("0911", "--from", "0910", "--folder", "file"), "file/experiments/0911_my_coin.py cannot be written"),
        (("0911", "--from", "0910", "--folder", "half"), "half/configs/0911_my_coin.toml cannot be written"),
        (("0911",), "--from"),
    ],
)
def test_a_copy_that_cannot_be_made_leaves_everything_as_it_was(lab, folder, arguments, says):
    (folder / "file").write_text("no folder")
    (folder / "half").mkdir()
    (folder / "half" / "experiments").mkdir()
    (folder / "half" / "configs").write_text("no folder")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert says in refused(lab("new", *arguments))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_two_copies_at_once_do_not_share_an_id(folder):
    with locked(folder), pytest.raises(ValueError, match="another experiment is being copied there; try again"):
        copying.copy("0910_coin", "0911", folder=folder / "not" / "there")
    assert not (folder / "not").exists()


def test_a_file_that_came_in_between_is_not_written_over(folder, monkeypatch):
    monkeypatch.setattr(copying, "_check", lambda *_: None)
    (folder / "configs" / "0911_mine.toml").write_text("somebody's")
    with pytest.raises(ValueError, match=r"0911_mine\.toml cannot be written: File exists"):
        copying.copy("0910_coin", "0911", "mine")
    assert (folder / "configs" / "0911_mine.toml").read_text() == "somebody's"
    assert not (folder / "experiments" / "0911_mine.py").exists()


def test_every_experiment_can_be_copied(from_the_checkout, tmp_path):
    for place, name in enumerate(catalogue.names()):
        script, toml, *_ = copying.copy(name, f"{5000 + place}", f"copy_{place}", tmp_path)
        assert script.read_text().startswith(f'"""{5000 + place} · Copy {place}.\n\n')
        assert f"\nSource     own, a copy of {name}\nShapes" in script.read_text()
        assert not tomllib.loads(toml.read_text()).keys() & {"published", "claims", "answer", "keras_seeds"}
