"""Every worked vector and every table of the notes on the standards, read from the notes at hand: none is forgotten.

The notes name each clause; here stand the headings that they are under. Chapter 6 (HJ 212) has frames of transmission,
for which there is no codec.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Final

import pytest

from rules.standards.gb3095_limits import Limits, Over, limit
from rules.standards.gb3838 import GRADES
from rules.standards.hj633 import Pollutant, Scale, breakpoints, daily, grade, hourly, iaqi
from rules.standards.hj633_editions import Edition
from rules.standards.water_evaluation import half_even, hydrogen, mean
from rules.water.tally import Row, SectionTally

Rows = Sequence[Mapping[str, str]]
LABELS: Final = {p.label: p for p in Pollutant}
OVERS: Final = {"year": Over.YEAR, "day": Over.DAY, "1h": Over.HOUR, "mda8": Over.DAY}
COLUMNS: Final = {
    "y2012": Limits.Y2012,
    "trans": Limits.TRANSITIONAL,
    "final": Limits.FINAL,
}
INDEX: Final = (0, 50, 100, 150, 200, 300, 400, 500)


@pytest.fixture
def notes(shared_data: Path) -> str:
    return (shared_data.parent / "domain" / "environment_standards.md").read_text(encoding="utf-8")


def tables(notes: str) -> dict[str, list[tuple[str, Rows]]]:
    """The CSV blocks by the number of the chapter or section they stand in, each with the line before it."""
    found: dict[str, list[tuple[str, Rows]]] = {}
    section, before = "", ""
    for part in re.split(r"(?m)(^#+ .*$|^```csv\n(?:.*\n)*?```$)", notes):
        heading = re.match(r"#+ (\d+(?:\.\d+)?)", part)
        if heading:
            section = heading[1]
        elif part.startswith("```csv"):
            rows = list(csv.DictReader(part.splitlines()[1:-1]))
            found.setdefault(section, []).append((before, rows))
        before = part.strip().splitlines()[-1] if part.strip() else before
    return found


def test_every_table_of_the_notes_is_one_that_is_held_against_the_code(notes: str) -> None:
    sections = {section: len(found) for section, found in tables(notes).items()}
    # 1 is held in test_gb3838, 4.2, 4.4 and 7 here, 6 is of the transmission standard
    assert {name for name in sections if not name.startswith("6")} == {"1", "4.2", "4.4", "7"}
    assert sections["7"] == 2


def test_the_limits_of_gb_3095_are_those_of_section_4_2(notes: str) -> None:
    ((_, rows),) = tables(notes)["4.2"]
    assert len(rows) == 14
    for row in rows:
        pollutant, over = LABELS[row["pollutant"]], OVERS[row["averaging"]]
        for name, edition in COLUMNS.items():
            for area in (1, 2):
                assert limit(edition, pollutant, over, area) == int(row[f"{name}_c{area}"])


def test_the_breakpoints_of_hj_633_are_those_of_section_4_4(notes: str) -> None:
    ((_, rows),) = tables(notes)["4.4"]
    assert tuple(int(row["iaqi"]) for row in rows) == INDEX
    for column in rows[0]:
        name, _, year = column.partition("_20")
        if name == "iaqi":
            continue
        points = tuple(int(row[column]) for row in rows if row[column])
        for edition in (Edition(f"20{year}"),) if year else tuple(Edition):
            assert [p / (10 if name.startswith("co") else 1) for p in breakpoints(Scale(name), edition)] == list(points)


def test_hourly_vectors_of_chapter_7_have_their_published_index_and_primary(notes: str) -> None:
    rows = next(rows for _, rows in tables(notes)["7"] if "station" in rows[0])
    assert len(rows) == 8
    columns = {"pm25": Pollutant.PM25, "pm10": Pollutant.PM10, "so2": Pollutant.SO2}
    columns |= {"no2": Pollutant.NO2, "co": Pollutant.CO, "o3_1h": Pollutant.O3}
    for row in rows:
        report = hourly({p: Decimal(row[name]) for name, p in columns.items()}, Edition.Y2012)
        assert report.value == int(row["aqi"])
        named = set() if row["primary"] == "(none)" else set(row["primary"].split("+"))
        assert {p.label for p in report.primary} == named


def test_vectors_by_edition_of_chapter_7_have_their_indices(notes: str) -> None:
    rows = next(rows for _, rows in tables(notes)["7"] if "conc" in rows[0])
    assert len(rows) == 17
    for row in rows:
        scale = Scale.PM25_24H if row["pollutant"] == "PM2.5" else Scale.PM10_24H
        found = [iaqi(scale, int(row["conc"]), edition) for edition in (Edition.Y2012, Edition.Y2026)]
        assert found == [int(row["iaqi_2012"]), int(row["iaqi_2026"])]


def test_the_full_example_of_chapter_7(notes: str) -> None:
    line = next(line for line in notes.splitlines() if line.startswith("Full example, daily"))
    said = re.search(
        r"PM2\.5 (\d+), PM10 (\d+), SO2 (\d+), NO2 (\d+), CO ([\d.]+), O3 MDA8 (\d+): "
        r"2012 → ([\d, ]+); 2026 → ([\d, ]+); AQI (\d+) in both, primary (\w+)",
        line,
    )
    assert said is not None
    scales = (Scale.PM25_24H, Scale.PM10_24H, Scale.SO2_24H, Scale.NO2_24H, Scale.CO_24H, Scale.O3_8H)
    values = {scale: Decimal(text) for scale, text in zip(scales, said.groups()[:6], strict=True)}
    for edition, indices in ((Edition.Y2012, said[7]), (Edition.Y2026, said[8])):
        report = daily(values, edition)
        assert [report.iaqi[s.pollutant] for s in scales] == [int(n) for n in indices.split(", ")]
        assert (report.value, [p.label for p in report.primary]) == (int(said[9]), [said[10]])


def test_the_older_examples_of_chapter_7(notes: str) -> None:
    found = re.findall(r"(PM2\.5|PM10)(?: 24 h =)? (\d+) → (?:AQI )?(\d+)", notes.split("## 7. ")[1])
    assert found == [("PM2.5", "60", "82"), ("PM10", "24", "24"), ("PM2.5", "232", "282"), ("PM10", "434", "318")]
    for name, value, index in found:
        scale = Scale.PM25_24H if name == "PM2.5" else Scale.PM10_24H
        assert iaqi(scale, int(value), Edition.Y2012) == int(index)


def test_binary_floats_would_be_one_too_high_at_23_values_of_carbon_monoxide_and_nowhere_else(notes: str) -> None:
    told = int(next(m[1] for m in re.finditer(r"float `ceil` is one too high at (\d+) CO values", notes)))
    wrong = 0
    for scale in Scale:
        points = breakpoints(scale, Edition.Y2012)
        per_unit = 10 if scale.pollutant is Pollutant.CO else 1
        for step in range(points[-1] + 1):
            exact = iaqi(scale, Fraction(step, per_unit), Edition.Y2012)
            if exact is not None and _float_index(step, points, per_unit) != exact:
                assert scale.pollutant is Pollutant.CO
                wrong += 1
    assert wrong == told == 23


def _float_index(step: int, points: Sequence[int], per_unit: int) -> int:
    value = step / per_unit
    n = next(n for n, point in enumerate(points) if step <= point) or 1
    low, high = points[n - 1] / per_unit, points[n] / per_unit
    return ceil((INDEX[n] - INDEX[n - 1]) / (high - low) * (value - low) + INDEX[n - 1])


def test_categories_and_colours_are_those_of_section_4_5(notes: str) -> None:
    section = notes.split("### 4.5 ")[1].split("### 4.6 ", maxsplit=1)[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("|")]
    assert len(rows) == 8
    for bounds, level, category, _, rgb, _ in rows[2:]:
        first = int(re.findall(r"\d+", bounds)[0]) + bounds.startswith(">")
        found = grade(first)
        assert (found.level, found.category, ",".join(map(str, found.rgb))) == (level, category, rgb)
        assert first == 0 or grade(first - 1) != found


def test_classes_have_the_wording_of_section_2_2(notes: str) -> None:
    section = notes.split("### 2.2 ")[1].split("### 2.3 ", maxsplit=1)[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("|")]
    told = {name: wording for names, wording, _ in rows[2:] for name in names.split(", ")}
    assert {each.name: each.wording for each in GRADES.values()} == told


def test_the_compliance_rate_of_section_2_5_has_its_check_value(notes: str) -> None:
    said = re.search(r"prints ([\d.]+) % with (\d+) failing sections = (\d+)/(\d+)", notes)
    assert said is not None
    failing, compliant, judged = int(said[2]), int(said[3]), int(said[4])
    rows = {f"s{n}": Row("", 3, compliant=n < compliant, synthetic=False) for n in range(judged)}
    counts = SectionTally(rows).counts
    assert (counts.failing, counts.judged) == (failing, judged)
    assert counts.value == float(said[1])


def test_the_mean_of_ph_of_section_2_6(notes: str) -> None:
    said = re.search(r"mean of ([\d.]+) and ([\d.]+) is ([\d.]+), not", notes)
    assert said is not None
    found = mean("ph", [hydrogen(Decimal(said[1])), hydrogen(Decimal(said[2]))])
    assert half_even(found, 2) == Decimal(said[3])
