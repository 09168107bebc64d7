"""What the runs answer, and what each measure means: one or two sentences in the TOML files."""

import os
import re
from pathlib import Path

import pytest

from lstm_lab.report import tables
from lstm_lab.report.answers import answer
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue
from lstm_lab.suite.glossary import sentence, shared
from lstm_lab.suite.settings import read_config

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted(path.stem for path in (ROOT / "experiments").glob("[0-9]*.py"))
# A copy of somebody's own (`lstm-lab new`) has no reference runs, and so no answer from them.
NAMES = [name for name in SCRIPTS if read_config(ROOT / "configs" / f"{name}.toml").seeds]


def test_a_name_with_a_star_stands_for_many_measures_and_gives_way_to_the_name_itself():
    entries = {"walk_*": "From {} on.", "walk_B": "From B.", "in_*_of_*": "{} in {}."}
    assert sentence("walk_A", entries) == "From A on."
    assert sentence("walk_B", entries) == "From B."
    assert sentence("in_1_of_2", entries) == "1 in 2."
    assert sentence("a_walk_A", entries) == ""
    assert sentence("walk_", entries) == sentence("in__of_2", entries) == ""
    assert sentence(120 * "a", {25 * "*a" + "b": "Tried in every way, this takes for ever."}) == ""


@pytest.mark.parametrize(("text", "says"), [("in_order = 1", "'in_order' is 1"), ("in_order", "not valid TOML")])
def test_wrong_shared_sentences_are_refused_by_file(tmp_path, text, says):
    (tmp_path / "measures.toml").write_text(text)
    with pytest.raises(ValueError, match=rf"measures\.toml.*{says}"):
        shared(tmp_path)


def test_a_pipe_of_shared_sentences_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "measures.toml")
    with pytest.raises(ValueError, match=r"measures\.toml is no plain file"):
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
    with open(config, "a") as file:
        file.write("[variants.few]\nset = { throws = 3 }\n")
    for command in ("show", "run"):
        out = " ".join(lab(command, "0910/few")[1].split())
        assert f" Answer of the main run, not of this variant: {said}" in out
        assert " Answer: " not in out
    assert f"**Answer.** {said}" in (folder / "results" / name / "REPORT.md").read_text()


def test_show_and_report_say_what_a_measure_means(lab, folder):
    with open(folder / "configs" / "0910_coin.toml", "a") as file:
        file.write('\n[measures]\nheads = "How many throws are heads."\n')
    assert lab("run", "0910", "--results", "results")[0] == 0
    assert "heads: How many throws are heads." in lab("show", "0910")[1]
    report = (folder / "results" / catalogue.find("0910") / "REPORT.md").read_text()
    assert "| heads | How many throws are heads. |" in report


TYPED = re.compile(  # a figure or a verdict that would go stale
    r"\d\s?%|\d of \d|\d/\d|\d\.\d|\d seeds|undecided|depends on the seed|no difference|little (higher|lower)", re.I
)


@pytest.mark.usefixtures("from_the_checkout")
class TestTheCheckout:
    recorded = Recorded(ROOT / "results")

    @pytest.mark.parametrize("name", NAMES)
    def test_every_experiment_has_an_answer_with_figures_from_its_runs(self, name):
        words = self.recorded.config(name).answer
        assert words, "no answer"
        assert not TYPED.findall(re.sub(r"\{\{.*?\}\}", "", words)), "a figure or verdict is typed: name it in {{ }}"
        assert not answer(name, self.recorded).startswith("not known")

    @pytest.mark.parametrize("name", NAMES)
    def test_every_measure_has_a_sentence(self, name):
        config = self.recorded.config(name)
        asked = {m for variant in config.variant_names() for m in tables.measures(self.recorded.current(name, variant))}
        assert [measure for measure in sorted(asked) if not re.fullmatch(r"[A-Z0-9].*\.", config.about(measure))] == []
        used = [n for n in config.measures if any(sentence(m, {n: "Words."}) for m in asked)]
        assert used == list(config.measures), "a sentence is about no measure"
