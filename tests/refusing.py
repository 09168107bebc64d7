"""Bad input: a ValueError of one line."""

from contextlib import contextmanager

import pytest


@contextmanager
def refused(says: str):
    """The block must raise a ValueError of one line that the pattern is found in."""
    with pytest.raises(ValueError, match=says) as caught:
        yield caught
    assert "\n" not in str(caught.value)
