"""What the runs answer, and what each measure means: one or two sentences in the TOML files."""

from pathlib import Path

import pytest

from lstm_lab.report.answers import answer
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue
from lstm_lab.suite.glossary import sentence, shared

ROOT = Path(__file__).resolve().parent.parent


def test_a_name_with_a_star_stands_for_many_measures_and_gives_way_to_the_name_itself():
    entries = {"walk_*": "From {} on.", "walk_B": "From B.", "in_*_of_*": "{} in {}."}
    assert sentence("walk_A", entries) == "From A on."
    assert sentence("walk_B", entries) == "From B."
    assert sentence("in_1_of_2", entries) == "1 in 2."
    assert sentence("a_walk_A", entries) == ""


@pytest.mark.parametrize(("text", "says"), [("in_order = 1", "'in_order' is 1"), ("in_order", "cannot be read")])
def test_wrong_shared_sentences_are_refused_by_file(tmp_path, text, says):
    (tmp_path / "measures.toml").write_text(text)
    with pytest.raises(ValueError, match=rf"measures\.toml.*{says}"):
        shared(tmp_path)


def test_an_answer_is_about_the_reference_runs_also_above_somebodys_own(lab, folder):
    """Its figures come from results/, whatever folder a page is made for; without runs there it says so."""
    config = folder / "configs" / "0910_coin.toml"
    config.write_text('answer = """On {{ all_right("0910", "heads") }}."""\n' + config.read_text())
    name = catalogue.find("0910")
    assert lab("run", "0910", "--results", "runs")[1].count("Answer: not known: 0910 has no recorded runs") == 1
    assert lab("run", "0910", "--seeds", "3", "--results", "results")[0] == 0
    said = answer(name, Recorded(folder / "runs"))
    assert said.endswith(" of 3 seeds.")
    assert f"Answer: {said}" in " ".join(lab("show", "0910")[1].split())
    assert f"**Answer.** {said}" in (folder / "results" / name / "REPORT.md").read_text()


def test_show_and_report_say_what_a_measure_means(lab, folder):
    with open(folder / "configs" / "0910_coin.toml", "a") as file:
        file.write('\n[measures]\nheads = "How many throws are heads."\n')
    assert lab("run", "0910", "--results", "results")[0] == 0
    assert "heads: How many throws are heads." in lab("show", "0910")[1]
    report = (folder / "results" / catalogue.find("0910") / "REPORT.md").read_text()
    assert "| heads | How many throws are heads. |" in report
