"""Writes docs/agreement-water.md: `python -m docs.agreement_water sections_daily_2020.csv`. A test compares it."""  # noqa: INP001 - pages live here, not a package

import csv
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rules.standards.gb3838 import AUTO5, GRADES, ITEMS, Body, SectionClass, section_class

PAGE: Final = Path(__file__).with_name("agreement-water.md")
_ABSENT: Final = {"*", "--", ""}

_HEAD: Final = """\
# Agreement with published classes of water

The national publication of automatic stations, {rows} records of 2020 with a class, judged by
`rules/standards/gb3838.py` with the limits of river or lake that each station is given. Every disagreement is listed
here; a test counts and lists them anew.

| judged from | agree | of | share |
|---|---|---|---|
| raw values | {raw} | {rows} | {raw_share:.3f} % |
| displayed (rounded) values | {shown} | {rows} | {shown_share:.2f} % |

A value that lies just beyond a limit is displayed as the limit itself, and the class from displayed values comes out
better: that is why classes are made before rounding.
"""


def render(source: Path) -> str:
    """Return the page for a file of records."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["class"]]
    raw = [line for row in rows if (line := _line(row, "raw"))]
    shown = [line for row in rows if (line := _line(row, "shown"))]
    right = {"raw": len(rows) - len(raw), "shown": len(rows) - len(shown)}
    head = _HEAD.format(
        rows=len(rows),
        **right,
        raw_share=100 * right["raw"] / len(rows),
        shown_share=100 * right["shown"] / len(rows),
    )
    table = ["| section | time | limits | published | computed | why |", "|---|---|---|---|---|---|"]
    parts = [head, f"## From raw values: {len(raw)}\n", *table, *raw]
    parts += [f"\n## From displayed values: {len(shown)}\n", *table, *shown]
    return "\n".join(parts) + "\n"


def _values(row: Mapping[str, str], column: str) -> dict[str, float]:
    said = {item: row[f"{item}_{column}"] for item in AUTO5}
    return {item: float(text) for item, text in said.items() if text not in _ABSENT}


def _line(row: Mapping[str, str], column: str) -> str:
    """Return a disagreement as a row of the table, or nothing when the record agrees."""
    body = Body(row["body_type"])
    found = section_class(_values(row, column), body, AUTO5)
    name = "none" if found is None else found.grade.name
    if name == row["class"]:
        return ""
    from_raw = section_class(_values(row, "raw"), body, AUTO5)
    why = _why(row, found, from_raw)
    return f"| {row['section']} | {row['time'][:16]} | {body.value} | {row['class']} | {name} | {why} |"


def _why(row: Mapping[str, str], found: SectionClass | None, from_raw: SectionClass | None) -> str:
    if found is None or from_raw is None:
        return "a required item is missing"
    if from_raw.grade.name != row["class"]:
        worst = ", ".join(
            f"{ITEMS[i].name} {GRADES[n].name}" for i, n in from_raw.by_item.items() if n == from_raw.worst
        )
        return f"no value of the record gives the published class; worst by raw values: {worst}"
    causes = []
    for item, number in from_raw.by_item.items():
        if number > found.worst:
            raw, shown = row[f"{item}_raw"], row[f"{item}_shown"]
            told = f"displayed as {shown}" if item in found.by_item else "is not displayed"
            causes.append(f"{ITEMS[item].name} {raw} ({GRADES[number].name}) {told}")
    return "; ".join(causes)


if __name__ == "__main__":
    PAGE.write_text(render(Path(sys.argv[1])), encoding="utf-8")
