"""Results files: measured rows under a head that says on what machine, as the Java side writes them too.

A row has "measured": true and its figures, or false and the reason. Rows are told apart by the fields of KEY.
"""

from __future__ import annotations

import json
import os
import statistics
from pathlib import Path
from typing import Any

Row = dict[str, Any]

FORMAT = 1
KEY = (
    "kind",
    "side",
    "bundle",
    "precision",
    "device",
    "compile",
    "offload",
    "threads",
    "seconds",
    "steps",
    "round",
)


def key(row: Row) -> tuple:
    """What tells a row from others; 10 and 10.0 seconds are the same, as are a missing field and null."""
    return tuple(row.get(field) for field in KEY)


def not_measured(row: Row, reason: str) -> Row:
    """The row without figures."""
    return {field: row[field] for field in KEY if field in row} | {"measured": False, "reason": reason}


class ResultsFile:
    """A file that is written anew after each row, so that a run that was ended can go on."""

    def __init__(self, path: Path, head: Row) -> None:
        self.path = path
        if not path.exists():
            self.content = {**head, "rows": []}
            return
        self.content = read(path)
        found, expected = self.content["machine"]["cpu"], head["machine"]["cpu"]
        if found != expected:
            raise SystemExit(
                f"{path}: expected results of this machine ({expected}), found those of {found}; choose another file"
            )

    @property
    def rows(self) -> list[Row]:
        return self.content["rows"]

    def row(self, wanted: Row) -> Row | None:
        return next((row for row in self.rows if key(row) == key(wanted)), None)

    def is_measured(self, wanted: Row) -> bool:
        row = self.row(wanted)
        return row is not None and row["measured"]

    def plan(self, row: Row) -> None:
        """Notes a row that is still to be measured; one that is there stays."""
        if self.row(row) is None:
            self.put(not_measured(row, "not run yet"))

    def put(self, row: Row) -> None:
        """Puts a row in the place of the one with its key, or behind all others, and writes the file."""
        for i, old in enumerate(self.rows):
            if key(old) == key(row):
                self.rows[i] = row
                break
        else:
            self.rows.append(row)
        self.content["ratios"] = ratios(self.rows)
        write(self.path, json.dumps(self.content, indent=2, ensure_ascii=False) + "\n")


def read(path: Path) -> Row:
    """A results file's content."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as e:
        raise SystemExit(f"{path}: expected a results file, found something else ({e}); choose another file") from e
    if not isinstance(content, dict) or content.get("format") != FORMAT or "rows" not in content:
        raise SystemExit(f"{path}: expected a results file of format {FORMAT}, found another; choose another file")
    return content


def write(path: Path, text: str) -> None:
    """Writes a file in one step: whoever reads it finds the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def times(row: Row) -> list[float]:
    """Seconds of each song or step of a measured row."""
    return [song["total_seconds"] for song in row["songs"]] if row["kind"] == "song" else row["times_seconds"]


def median_seconds(rows: list[Row]) -> float | None:
    """Median over all rounds of those rows; None if none of them was measured."""
    measured = [time for row in rows if row["measured"] for time in times(row)]
    return statistics.median(measured) if measured else None


def case(row: Row) -> tuple:
    """What two sides have in common when they are compared."""
    return tuple(row.get(field) for field in ("kind", "device", "threads", "offload", "seconds", "steps"))


def configuration(row: Row) -> tuple:
    """A side with its settings, for which rows of the same case are repetitions."""
    return tuple(row.get(field) for field in ("side", "bundle", "precision", "compile", "offload", "device"))


def ratios(rows: list[Row]) -> list[Row]:
    """How many times faster acestep4j was than the official pipeline, for all pairs of one case."""
    groups: dict[tuple, dict[tuple, list[Row]]] = {}
    for row in rows:
        if row["kind"] in ("song", "step"):
            groups.setdefault(case(row), {}).setdefault(configuration(row), []).append(row)
    found = []
    for configurations in groups.values():
        medians = {name: (median_seconds(group), group[0]) for name, group in configurations.items()}
        for ours, own in medians.values():
            for theirs, official in medians.values():
                if own["side"] == "acestep4j" and official["side"] == "official" and ours and theirs:
                    found.append(_ratio(own, official, ours, theirs))
    return found


def _ratio(own: Row, official: Row, ours: float, theirs: float) -> Row:
    return {
        "kind": own["kind"],
        "device": own["device"],
        "seconds": own["seconds"],
        "steps": own.get("steps"),
        "precision": own["precision"],
        "offload": own.get("offload"),
        "official_precision": official["precision"],
        "official_compile": official.get("compile"),
        "official_offload": official.get("offload"),
        "acestep4j_seconds": ours,
        "official_seconds": theirs,
        "ratio": theirs / ours,
    }
