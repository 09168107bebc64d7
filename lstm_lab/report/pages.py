"""REPORT.md of an experiment, and the overview over all: derived from the runs, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from lstm_lab.report import tables
from lstm_lab.results import Record, Store
from lstm_lab.settings import MAIN, Config

_PREFERRED = (("compiled", "scheduled"), ("none", "scheduled"), ("keras", "literal"), ("keras", "scheduled"))


def reference(config: Config, name: str, recorded: Sequence[Record], variant: str = MAIN) -> list[Record]:
    """The recorded scheduled runs of a variant under its present settings; compiled ones, else Keras' literal ones."""
    current = config.resolve(variant).hash(name, config.revision)
    mine = [record for record in recorded if record["variant"] == variant and record["config"] == current]
    for trainer, start in (
        ("compiled", "scheduled"),
        ("none", "scheduled"),
        ("keras", "literal"),
        ("keras", "scheduled"),
    ):
        chosen = [record for record in mine if (record["trainer"], record["start"]) == (trainer, start)]
        if chosen:
            return chosen
    return []


def write(name: str, config: Config, results: Path) -> Path:
    """Write an experiment's REPORT.md from the runs in a results folder; returns its path."""
    records = Store(results, name).records()
    lines = [f"# {name[:4]} · {config.title}", "", f"Source: {config.source}.", ""]
    groups: dict[tuple[str, str, str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record["variant"], record["trainer"], record["start"], record["config"]), []).append(record)
    for (variant, trainer, start, _), runs in groups.items():
        lines += [f"## {variant}: {trainer} trainer, {start} start, {len(runs)} seed(s)", ""]
        lines += ["| measure | published | measured | chance | memoryless |", "|---|---|---|---|---|"]
        for row in tables.rows(config, runs, []):
            cells = (row.measure, row.published, row.measured, row.chance, row.memoryless)
            lines.append("| " + " | ".join(cell.replace("\n", "; ") for cell in cells) + " |")
        lines.append("")
    path = results / name / "REPORT.md"
    write_whole(path, "\n".join(lines))
    return path


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
