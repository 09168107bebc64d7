"""Input that Hypothesis makes up, and what is asked of every answer to it."""

from __future__ import annotations

import resource

import outside
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

MOST = 2 << 20  # KiB, as getrusage counts: 2 GiB


def examples(times: int):
    """So many made-up inputs in `make test`, always the same ones; many more in `make faults`. Each has ten seconds."""
    return settings(
        max_examples=25 * times if outside.LONG else times,
        deadline=10_000,  # milliseconds
        derandomize=not outside.LONG,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


NUMBERS = st.one_of(
    st.integers(-(10**30), 10**30), st.floats(), st.sampled_from([0, 1, -1, 2**31, 2**32, 2**63, 10**12, 1e308])
)
SCALARS = st.one_of(NUMBERS, st.booleans(), st.none(), st.text(max_size=300), st.binary(max_size=20))
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner), max_leaves=9
)


@pytest.fixture
def little_memory():
    """Fails where a test takes more than two GiB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST


def answered(call, *arguments, **named):
    """What a call gives; None if it refuses, in a line that is not too long."""
    try:
        return call(*arguments, **named)
    except ValueError as error:
        said = str(error)
    assert len(said.splitlines()) == 1, said
    assert len(said) < 1500
    return None


@st.composite
def damaged(draw, whole: bytes):
    """Bytes some of which are changed, left out, doubled or put in."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        place, length = draw(st.integers(0, len(data))), draw(st.integers(1, 12))
        match draw(st.sampled_from(["change", "leave out", "put in", "double", "cut"])):
            case "change":
                data[place : place + length] = draw(st.binary(min_size=1, max_size=length))
            case "leave out":
                del data[place : place + length]
            case "put in":
                data[place:place] = draw(st.one_of(st.binary(max_size=12), st.sampled_from([b"\n", b"\r", b'"', b"{"])))
            case "double":
                data[place:place] = data[place : place + 10 * length]
            case "cut":
                del data[place:]
    return bytes(data)
