"""Environments that lack something: one line that says what, or the run all the same. Never a traceback."""

import os
import sys
from pathlib import Path

import made_up
import outside
import pytest

pytestmark = pytest.mark.slow
MISSING = "import sys\nsys.modules['{}'] = None"
RUN = ("run", "0150", "--settings", "smoke", "--results")


def copied(folder):
    """0150 in a folder of its own, beside the made-up experiments."""
    from lstm_lab.suite import catalogue

    made_up.checkout(folder)
    for part in (
        "experiments/0150_alphabet_stateful.py",
        "configs/0150_alphabet_stateful.toml",
        "configs/measures.toml",
    ):
        (folder / part).write_text((catalogue.root() / part).read_text())
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
        made = copied(tmp_path_factory.mktemp("lab"))
    (made / "keras").mkdir()
    os.mkfifo(made / "keras" / "keras.json")
    return made


def without(package):
    return {"before": MISSING.format(package)}


KERAS = ("--trainer", "keras")
REFUSED = {
    "JAX is missing": (without("jax"), (), "jax"),
    "a device JAX has not": ({"env": {"JAX_PLATFORMS": "tpu"}}, (), "JAX_PLATFORMS"),
    "TensorFlow is missing": (without("tensorflow"), KERAS, "tensorflow"),
    "Keras is missing": (without("keras"), KERAS, "keras"),
    "keras.json is a pipe": ({"env": {"KERAS_HOME": "keras"}}, KERAS, "keras.json, are no plain file"),
    "Keras on torch": ({"env": {"KERAS_BACKEND": "torch"}}, KERAS, "KERAS_BACKEND"),
    "Keras on JAX": ({"env": {"KERAS_BACKEND": "jax"}}, KERAS, "KERAS_BACKEND"),
    "another backend that there is not": ({"env": {"KERAS_BACKEND": "theano"}}, KERAS, "KERAS_BACKEND"),
}
ALL_THE_SAME = {
    "no home folder": {"env": {"HOME": "/nonexistent", "XDG_CACHE_HOME": None}},
    "no home at all": {"env": {"HOME": None}},
    "no terminal to speak of": {"env": {"TERM": "dumb", "COLUMNS": "1"}},
    "ASCII alone": {"env": {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}},
    "an unknown language": {"env": {"LC_ALL": "xx_YY.UTF-8", "LANG": "xx"}},
    "another hash seed": {"env": {"PYTHONHASHSEED": "1234"}},
    "matplotlib is missing": without("matplotlib"),
    "warnings are errors": {"env": {"PYTHONWARNINGS": "default"}},
    "input is closed": {"stdin": -3},
}
SHORT = {"JAX is missing", "Keras on torch", "ASCII alone", "no home folder", "matplotlib is missing"}


def chosen(cases):
    return [pytest.param(*case, id=name) for name, case in cases.items() if outside.LONG or name in SHORT]


@pytest.mark.parametrize(("options", "more", "says"), chosen(REFUSED))
def test_what_is_missing_is_said_in_one_line(folder, tmp_path, options, more, says):
    outside.refused(outside.lab(folder, *RUN, str(tmp_path / "runs"), *more, **options), says)
    assert not list(tmp_path.rglob("runs.jsonl"))


@pytest.mark.parametrize("options", chosen({name: (each,) for name, each in ALL_THE_SAME.items()}))
def test_a_run_is_made_all_the_same(folder, tmp_path, options):
    results = str(tmp_path / "runs")
    status, out, err = outside.lab(folder, *RUN, results, **options)
    assert (status, "Traceback" in out + err) == (0, False), err
    assert outside.lab(folder, "export", "0150", "--results", results)[1].count("\n") == 1
    assert list(tmp_path.rglob("REPORT.md"))


@pytest.mark.parametrize("command", [RUN, ("list",), ("export", "0150", "--results")])
def test_a_full_standard_output_is_said_in_one_line(folder, tmp_path, command):
    results = str(tmp_path / "runs")
    if command[0] == "export":
        assert outside.lab(folder, *RUN, results)[0] == 0
    with open("/dev/full", "w") as full:
        status, _, err = outside.lab(folder, *command, *[results][: command[-1] == "--results"], stdout=full)
    outside.refused((status, "", err), "cannot be written: No space left on device")


def test_a_deleted_current_folder_is_said_in_one_line(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    before = f"import os\nos.rmdir({str(gone)!r})"
    for command in (["list"], ["run", "0150"], ["report"], ["show", "0150"]):
        gone.mkdir(exist_ok=True)
        status, out, err = outside.lab(gone, *command, before=before)
        assert "Traceback" not in out + err
        assert status in (0, 2)
        assert len(err.strip().splitlines()) == (status == 2)


def others_may_run_python():
    program = Path(sys.executable).resolve()
    return os.getuid() == 0 and all(place.stat().st_mode & 0o001 for place in (program, *program.parents))


@pytest.mark.skipif(not others_may_run_python(), reason="only root may become another user, who must find Python")
def test_a_user_without_a_name_and_a_home_may_run(folder, tmp_path):
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if parent.owner() == "root" and str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    status, out, err = outside.lab(folder, *RUN, str(tmp_path / "runs"), user=54321, group=54321, env={"HOME": "/"})
    assert (status, "Traceback" in out + err) == (0, False), err
