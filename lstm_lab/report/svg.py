"""The pictures of the reports in half the bytes that matplotlib writes, with nothing changed that can be seen."""

from __future__ import annotations

import re

_TAG = re.compile(r"<[^>]*>")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_PATH = re.compile(r' d="([^"]*)"')
_LEVEL = re.compile(r"( -?[\d.]+)(?:L-?[\d.]+\1)+(?=L-?[\d.]+\1(?![\d.]))")  # as high as the points beside them
_NAME = re.compile(r'(<g) id="[^"]*"')  # nothing refers to a group
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # letters that no XML may have
_UPRIGHT = re.compile(r' transform="rotate\(-?0 [^)]*\)"')


def small(svg: str) -> str:
    """The same picture with two decimals, and without names of groups, turns by nothing and indentation.

    A hundredth of a point is about a seventieth of a pixel. Texts stay as they are.

    >>> print(small('<g id="text_1">\\n  <text x="1.23456" transform="rotate(-0 1 2)">0.12345</text>\\n</g>'))
    <g>
    <text x="1.23">0.12345</text>
    </g>
    """
    return re.sub(r">\s+<", ">\n<", _TAG.sub(_small_tag, _NO_XML.sub("\N{REPLACEMENT CHARACTER}", svg)))


def _small_tag(tag: re.Match) -> str:
    text = _UPRIGHT.sub("", _NAME.sub(r"\1", tag[0]))
    return _PATH.sub(lambda path: f' d="{_joined(path[1])}"', _LONG.sub(_short, text))


def _short(number: re.Match) -> str:
    rounded = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if rounded == "-0" else rounded


def _joined(path: str) -> str:
    """Without spaces beside letters, and a curve without the points within a level stretch.

    >>> _joined("M 0 1 \\nL 1 1 \\nL 2 1 \\nL 3 2 \\n")
    'M0 1L2 1L3 2'
    """
    joined = re.sub(r"\s*([A-Za-z])\s*", r"\1", path.strip())
    return joined if joined.endswith("z") else _LEVEL.sub(r"\1", joined)  # an outline may turn back on one level
