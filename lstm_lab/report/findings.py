"""docs/findings.md, and the first of its findings in the README: what the sources say, and what the runs say to it.

docs/findings.toml has the words. Its figures are named, and filled in from the recorded runs when the page is made.
docs/listings/ has, for each finding, the source's program as it must be written today.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from lstm_lab.common.files import read_file, read_toml
from lstm_lab.report import generated, pages
from lstm_lab.report.filling import filled
from lstm_lab.report.selection import Recorded
from lstm_lab.suite.settings import MAIN
from lstm_lab.suite.values import one_line

_SAID = ("said", "found", "instead")
FIRST = 3  # findings that the README shows


class Finding(BaseModel):
    """A row of the page.

    places   the experiments behind it, "NNNN" or "NNNN/variant"; the first one's figure is shown, and its command
    picture  which figure of the first experiment, where it has one to show
    listing  a file in docs/listings/
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    places: list[str] = Field(min_length=1)
    said: str = Field(min_length=1)
    found: str = Field(min_length=1)
    instead: str = Field(min_length=1)
    picture: str | None = None
    listing: str | None = None

    @field_validator("picture", "listing")
    @classmethod
    def _lies_in_its_folder(cls, name: str | None) -> str | None:
        if name is not None and (Path(name).name != name or not Path(name).suffix):
            raise ValueError("it should be the name of a file, without a folder")
        return name

    def command(self, lesson: bool) -> str:
        """What makes the figures again, on a reader's own machine; a lesson needs no seeds."""
        id, _, variant = self.places[0].partition("/")
        return f"lstm-lab run {id}" + (f" --variant {variant}" if variant else "") + " --seeds 100" * (not lesson)


class _Page(BaseModel):
    model_config = ConfigDict(extra="forbid")

    findings: list[Finding] = Field(min_length=FIRST)


def write(docs: Path, recorded: Recorded) -> Path:
    """Write findings.md beside findings.toml; returns its path.

    ValueError, a line, for words that cannot be filled in, for a picture or a listing that is not there, and where a
    findings.md stands that is not generated.
    """
    path = _target(docs)
    generated.write(path, pages.render("findings.md.j2", findings=_rows(docs, _read(docs), recorded, docs)))
    return path


def check(docs: Path) -> None:
    """ValueError for findings.toml that cannot be read, and where a findings.md stands that is not generated."""
    generated.refuse_own(_target(docs))
    _read(docs)


def first(docs: Path, recorded: Recorded, page_folder: Path) -> str:
    """The first findings in Markdown; links are relative to the page's folder."""
    return pages.render("first_findings.md.j2", findings=_rows(docs, _read(docs)[:FIRST], recorded, page_folder))


def _rows(docs: Path, findings: list[Finding], recorded: Recorded, page_folder: Path) -> list[dict[str, Any]]:
    """The findings, filled in; links are relative to the page's folder."""
    found: list[dict[str, Any]] = []
    for finding in findings:
        try:
            name, _ = recorded.place(finding.places[0])
            picture = recorded.store(name).folder / finding.picture if finding.picture else None
            if picture and not picture.exists():
                raise ValueError(f"picture {finding.picture!r} is not among the figures of {name}")
            found.append(
                {
                    "title": filled(finding.title, recorded),
                    **{part: " ".join(filled(getattr(finding, part), recorded).split()) for part in _SAID},
                    "picture": pages.relative(picture, page_folder) if picture else "",
                    "about": recorded.config(name).title,
                    "experiments": [
                        (place.removesuffix(f"/{MAIN}"), pages.relative(_report(place, recorded), page_folder))
                        for place in finding.places
                    ],
                    "command": finding.command(recorded.config(name).kind == "lesson"),
                    "listing": _listing(docs, finding.listing) if finding.listing else "",
                }
            )
        except ValueError as error:
            raise ValueError(f"findings.toml: {finding.title!r}: {error}") from None
    return found


def _target(docs: Path) -> Path:
    return docs / "findings.md"


def _listing(docs: Path, name: str) -> str:
    return read_file(docs / "listings" / name, "listing").content.decode()


def _report(place: str, recorded: Recorded) -> Path:
    return recorded.store(recorded.place(place)[0]).folder / "REPORT.md"


def _read(docs: Path) -> list[Finding]:
    path = docs / "findings.toml"
    try:
        return _Page(**read_toml(path)).findings
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValidationError as error:
        raise ValueError(f"{path.name}: {one_line(error, _Page)}") from None
