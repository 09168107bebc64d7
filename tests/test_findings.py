"""The pages for readers: figures filled into sentences, the findings, and the README's generated parts."""

import made_up
import pytest

from lstm_lab.judging.measures import Number, Text
from lstm_lab.report import findings, overview, readme
from lstm_lab.report.filling import filled
from lstm_lab.report.selection import Recorded

FINDING = """
[[findings]]
title = "{title}"
places = ["0900"]
said = "It was said to be {{{{ published('0900') }}}}."
found = "All right on {{{{ all_right('0900') }}}}."
instead = "Listen."
picture = "seeds.svg"
"""


def claim(words: str, control: str = "deaf") -> str:
    return f'[[claims]]\nwords = "it guesses right"\nsource = "somewhere"\ncontrol = "{control}"\n{words}\n'


CLAIMS = (
    claim('measure = "right"\ncondition = "all right"\nfrom_seed = 2')
    + claim('measure = "right"\ncondition = "at least 0.5"\nthreshold = "chosen: half"')
    + claim('measure = "right"\ncondition = "below control"\nvariant = "deaf"', "main")
    + claim('measure = "loss"\ncondition = "above control"\nvariant = "deaf"\ncontrol_measure = "loss_before"')
)


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A checkout's results: ten seeds of 0900, six of its variant, of which four do worse."""
    monkeypatch.chdir(made_up.checkout(tmp_path, tables="[variants.late]\n" + CLAIMS))
    config = made_up.guess(tmp_path)
    deaf = made_up.rights(config, [9, 9, 8, 8, 8, 10], "deaf")
    for run in deaf:
        run["measures"] |= {"said": Text("AB" if 0 < run["seed"] < 3 else "BA"), "loss": Number(4.605)}
        run["measures"] |= {"loss_before": Number(4.6)}
    late = [run | {"seed": 50} for run in made_up.rights(config, [9], "late")]
    made_up.write(tmp_path / "results", made_up.rights(config, [9] * 5 + [10] * 5) + deaf + late)
    overview.write(tmp_path / "results")
    return tmp_path / "results"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("{{ all_right('0900') }}", "5 of 10 seeds"),
        ("{{ all_right('0900/deaf', 'right') }}", "1 of 6 seeds"),
        ("{{ says('0900/deaf', 'said', 'AB') }}", "2 of 6 seeds"),
        ("{{ said('0900/deaf', 'said') }}", "BA on 4 of 6 seeds"),
        ("{{ verdict('0900', 'right', 'all right') }}", "depends on the seed"),
        ("{{ verdict('0900', 'right', 'at least 0.5') }}", "is undecided"),
        ("{{ verdict('0900/deaf') }}", "is not shown to differ"),
        ("{{ verdict('0900/deaf', 'loss', 'deaf') }}", "is a little higher"),
        ("{{ met('0900', 'right', 'all right') }}", "5 of 8 seeds"),
        ("{{ middle('0900') }}", "9.5/10 (95 %)"),
        ("{{ share('0900') }}", "95 %"),
        ("{{ highest('0900/deaf') }}", "10/10 (100 %)"),
        ("{{ published('0900') }}", "9/10 (90 %)"),
        ("{{ compared('0900', '0900/deaf') }}", "higher on 3, lower on 0 and the same on 3 of 6 seeds"),
        ("{{ seeds('0900') }}", "10 seeds"),
    ],
)
def test_figures_are_filled_in_from_the_runs(results, words, says):
    assert filled(f"So: {words}.", Recorded(results)) == f"So: {says}."


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("{{ all_right('0910') }}", "0910 has no recorded runs"),
        ("{{ all_right('0900', 'rihgt') }}", "0900: measure 'rihgt' is not asked: did you mean right?"),
        ("{{ all_right('0900/dead') }}", "variant 'dead' is unknown"),
        ("{{ all_rigth('0900') }}", "'all_rigth' is no figure: did you mean all_right?"),
        ("{{ all_right('0900'", "cannot be filled in"),
        ("{{ all_right('0900' }}", "cannot be filled in"),
        ("{{ all_right() }}", "missing a required argument: 'place'"),
        ("{{ all_right(900) }}", "write a name with texts in quotes"),
        ("{{ 1/0 }}", "write a name with texts in quotes"),
        ("{{ ''.__class__ }}", "write a name with texts in quotes"),
        ("{{ all_right('0900').__class__ }}", "write a name with texts in quotes"),
        (100_000 * "{{", "'{{{{{{"),  # at once: to look for the end of each would take minutes
        ("{% for i in range(10**9) %}x{% endfor %}", "write a figure in {{ and }}"),
        ("{{ all_right('0900/deaf', 'said') }}", "measure 'said' is BA, which is no count"),
        ("{{ says('0900', 'right', 'AB') }}", "measure 'right' is 9/10 (90 %), which is no text"),
        ("{{ highest('0900/deaf', 'said') }}", "the measure is a text"),
        ("{{ share('0900/deaf', 'loss') }}", "0900/deaf: 4.605 is no share: use middle"),
        ("{{ published('0900/deaf', 'said') }}", "no figure is published for said"),
        ("{{ compared('0900', '0900/late') }}", "0900 and 0900/late have no seed in common"),
        ("{{ verdict('0900') }}", "0900: 2 claims on right are meant, not one (all right, control deaf; "),
        ("{{ verdict('0900/late') }}", "0 claims on right are meant, not one (there is none)"),
        ("{{ met('0900/deaf') }}", "the claim is a comparison: use compared"),
        ("{{" * 500_000, "'{{{{{{{{"),
        ("{{ figures('luck') }}", "the reason is 'luck': use the seed"),
    ],
)
def test_figures_that_are_not_there_are_refused(results, words, says):
    with pytest.raises(ValueError) as error:
        filled(words, Recorded(results))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def docs(folder, toml):
    (folder / "docs").mkdir()
    (folder / "docs" / "findings.toml").write_text(toml)
    return folder / "docs"


def test_findings_are_a_page_and_the_first_of_them_stand_in_the_readme(results, tmp_path):
    folder = docs(tmp_path, "".join(FINDING.format(title=f"Finding {letter}") for letter in "ABCD"))
    text = findings.write(folder, Recorded(results)).read_text()
    assert '## <a id="finding-4"></a>4 · Finding D' in text
    assert "All right on 5 of 10 seeds." in text
    assert "It was said to be 9/10 (90 %)." in text
    assert "`lstm-lab run 0900 --seeds 100`" in text
    assert "![Guess](../results/0900_guess/seeds.svg)" in text
    first = findings.first(folder, Recorded(results), tmp_path).replace("\n", " ")
    assert "*What is said:* It was said to be 9/10 (90 %). *What we found:* All right on 5 of 10 seeds. (" in first
    assert "Finding C" in first
    assert "Finding D" not in first
    assert "[0900](results/0900_guess/REPORT.md)" in first


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("all_right('0900')", "all_right('0999')", "findings.toml: 'Finding A': "),
        ('instead = "Listen."', "", "findings.toml: setting 'findings.0.instead' is missing"),
        ('picture = "seeds.svg"', 'picture = "no.svg"', "picture 'no.svg' is not among the figures"),
        ('instead = "Listen."', 'instead = "Listen."\nlisting = "no.py"', "listings/no.py': there is no such file"),
        ('instead = "Listen."', 'instead = "Listen."\nlisting = "../findings.toml"', "without a folder"),
        ('picture = "seeds.svg"', 'picture = "../0900_guess/seeds.svg"', "without a folder"),
        ('picture = "seeds.svg"', 'picture = ".."', "without a folder"),
        ('instead = "Listen."', 'instead = ""', "findings.0.instead is '': string should have at least 1"),
        ("[[findings]]", "[[findings]", "findings.toml: not valid TOML"),
    ],
)
def test_findings_that_cannot_be_shown_are_refused_and_nothing_is_written(results, tmp_path, old, new, says):
    good = "".join(FINDING.format(title=f"Finding {letter}") for letter in "ABC")
    folder = docs(tmp_path, good.replace(old, new, 1))
    with pytest.raises(ValueError) as error:
        findings.write(folder, Recorded(results))
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert not (folder / "findings.md").exists()


def test_the_command_for_a_lesson_has_no_seeds():
    parts = {part: "It is." for part in ("title", "said", "found", "instead")}
    assert findings.Finding(places=["0910/late"], **parts).command(lesson=True) == "lstm-lab run 0910 --variant late"
    assert findings.Finding(places=["0900"], **parts).command(lesson=False) == "lstm-lab run 0900 --seeds 100"


def test_a_missing_file_of_findings_is_named(results, tmp_path):
    with pytest.raises(ValueError, match=r"findings.toml cannot be read: No such file"):
        findings.write(tmp_path, Recorded(results))


def test_readme_changes_between_its_markers_only(tmp_path):
    page = tmp_path / "README.md"
    page.write_text("# Mine\n<!-- one:begin -->\nold\n<!-- one:end -->\nkept\n<!-- two:begin --><!-- two:end -->\n")
    for _ in range(2):
        readme.rewrite(page, {"one": "new\n", "two": "other"})
        assert page.read_text() == (
            "# Mine\n<!-- one:begin -->\nnew\n<!-- one:end -->\nkept\n<!-- two:begin -->\nother\n<!-- two:end -->\n"
        )


def test_the_line_ends_of_a_readme_stay_as_they_are(tmp_path):
    page = tmp_path / "README.md"
    page.write_bytes(b"\xef\xbb\xbf# Mine\r\n<!-- one:begin -->\r\nold\r\n<!-- one:end -->\r\nkept\nkept\r")
    readme.rewrite(page, {"one": "a\nb"})
    assert page.read_bytes() == (
        b"\xef\xbb\xbf# Mine\r\n<!-- one:begin -->\r\na\r\nb\r\n<!-- one:end -->\r\nkept\nkept\r"
    )


def test_readme_without_markers_is_refused_and_left_alone(tmp_path):
    page = tmp_path / "README.md"
    page.write_text("<!-- one:begin -->\n<!-- one:end -->\n")
    with pytest.raises(ValueError, match="lacks the lines <!-- two:begin -->"):
        readme.rewrite(page, {"one": "new", "two": "other"})
    assert page.read_text() == "<!-- one:begin -->\n<!-- one:end -->\n"
    page.write_text("As <!-- one:begin --> says: mine.\n<!-- one:begin -->\n<!-- one:end -->\n")
    with pytest.raises(ValueError, match="or has one twice"):
        readme.rewrite(page, {"one": "new"})
