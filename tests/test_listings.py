"""The programs in docs/listings/ run on today's Keras, without a warning, with fewer epochs than they ask for."""

import contextlib
import io
import re
from pathlib import Path

import pytest

LISTINGS = sorted((Path(__file__).parents[1] / "docs" / "listings").glob("*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("path", LISTINGS, ids=lambda path: path.stem)
def test_each_listing_runs_and_says_something(path):
    source, shortened = re.subn(r"^EPOCHS = \d+$", "EPOCHS = 1", path.read_text(encoding="utf-8"), flags=re.M)
    assert shortened == 1
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(source, str(path), "exec"), {"__name__": "__main__"})
    assert said.getvalue().strip()


def test_every_listing_is_short_and_shown_with_a_finding():
    shown = (Path(__file__).parents[1] / "docs" / "findings.toml").read_text(encoding="utf-8")
    assert LISTINGS
    for path in LISTINGS:
        assert f'"{path.name}"' in shown
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 35
