"""The list of changes for `make mutants` fits the code as it is; making them takes minutes and is not done here."""

import sys
from dataclasses import replace

import mutants
import pytest


def test_every_change_on_the_list_can_be_made_and_names_a_test_there_is():
    listed = mutants.read()
    assert len({one.name for one in listed}) == len(listed)
    wrong = [f"{one.name}: {one.wrong}" for one in listed if one.wrong]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", ["lstm_lab/gone.py", "README.md", "../pyproject.toml"])
def test_a_change_of_a_file_that_is_not_copied_cannot_be_made(file):
    assert replace(mutants.read()[0], file=file).wrong.startswith(f"there is no {file} in lstm_lab, tests")


def test_words_that_no_name_holds_are_refused_before_any_test_runs(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["mutants.py", "no such name"])
    with pytest.raises(SystemExit) as ended:
        mutants.main()
    assert ended.value.code == 2
    assert "no change on the list has no such name in its name" in capsys.readouterr().err


def test_a_list_that_cannot_be_read_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "__file__", str(tmp_path / "mutants.py"))
    for text in (None, "[mutants]\na = 1", "[[mutants]]\nname = 1", "mutants ="):
        if text is not None:
            (tmp_path / "mutants.toml").write_text(text)
        with pytest.raises(SystemExit, match=r"^mutants.toml is no list of changes: .*$"):
            mutants.read()
