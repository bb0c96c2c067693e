"""19,841 recorded section records through MQTT: classes as published, compliance as a plain count of the file says."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rules.standards.gb3838 import Body, section_class
from simulators.recorded.water_sections import FORMAT
from simulators.recording_format import ReplayOptions
from tests.support.broker import Mosquitto
from tests.support.ledger import identity_holds, settled
from tests.support.service import Service

TARGET = 3
FRESH = timedelta(hours=8)
CLASSES = {"Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "Ⅴ": 5, "劣Ⅴ": 6}
UPPER = {  # mg/L, GB 3838-2002 table 1, written down here a second time on purpose
    "codmn": (2, 4, 6, 10, 15),
    "nh3n": (0.15, 0.5, 1.0, 1.5, 2.0),
    "tp": {"river": (0.02, 0.1, 0.2, 0.3, 0.4), "lake": (0.01, 0.025, 0.05, 0.1, 0.2)},
}


@dataclass(frozen=True)
class Row:
    """One record of the file."""

    section: str
    body: str
    at: datetime
    values: dict[str, float]
    published: int | None
    working: bool

    def plain_class(self) -> int | None:
        """The class by the shortest code that can be written."""
        v = self.values
        if not self.working or not {"ph", "do", "codmn", "nh3n"} <= v.keys():
            return None
        worst = 1 if 6 <= v["ph"] <= 9 else 6
        worst = max(worst, next((n for n, least in enumerate((7.5, 6, 5, 3, 2), 1) if v["do"] >= least), 6))
        for item, limits in UPPER.items():
            if item in v:
                steps = limits[self.body] if isinstance(limits, dict) else limits
                worst = max(worst, next((n for n, most in enumerate(steps, 1) if v[item] <= most), 6))
        return worst


def rows_of(file: Path) -> list[Row]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
            Row(
                section=FORMAT.observe(row, ReplayOptions()).device.id,
                body=row["body_type"],
                at=datetime.fromisoformat(row["time"]).astimezone(UTC),
                values={
                    item: float(row[f"{item}_raw"])
                    for item in ("ph", "do", "codmn", "nh3n", "tp")
                    if row[f"{item}_raw"] not in ("", "*", "--")
                },
                published=CLASSES.get(row["class"]),
                working=row["status"] == "正常",
            )
            for row in csv.DictReader(lines)
        ]


@pytest.fixture
def replayed(tmp_path: Path, mosquitto: Mosquitto, shared_data: Path) -> Iterator[tuple[Service, list[Row]]]:
    """A service that was sent the whole file over MQTT, each section held to class Ⅲ."""
    file = shared_data / "water" / "sections_daily_2020.csv"
    old = {"QUANYAN_INGEST__MAX_PAST_DAYS": "5000", "QUANYAN_RETENTION__ENABLED": "false"}
    settings = {"QUANYAN_MQTT__PORT": str(mosquitto.port)} | old
    service = Service(tmp_path, settings)
    register = tmp_path / "register.csv"
    replay = ("simulate", "replay", str(file), "--target-class", str(TARGET))
    service.cli(*replay, "--register", str(register))
    service.prepare(register)
    service.start()
    service.cli(*replay, "--report", str(tmp_path / "report.json"))
    yield service, rows_of(file)
    service.close()


def last_of_each(rows: list[Row]) -> dict[tuple[str, datetime], Row]:
    """The first row of each (section, instant): that is the one that is kept."""
    kept: dict[tuple[str, datetime], Row] = {}
    for row in rows:
        kept.setdefault((row.section, row.at), row)
    return kept


def test_classes_and_compliance_agree_with_the_file(replayed: tuple[Service, list[Row]]) -> None:
    service, rows = replayed
    account = settled(service)
    assert identity_holds(account)
    kept = last_of_each(rows)
    agree, judged = compare_classes(service, kept)
    assert judged > 17_000
    assert agree / judged >= 0.999, f"{agree} of {judged}"
    instants = sorted({row.at for row in rows})
    for at in instants[len(instants) // 7 :: len(instants) // 7]:
        compare_compliance(service, kept, at)


def compare_classes(service: Service, kept: dict[tuple[str, datetime], Row]) -> tuple[int, int]:
    """Class what the API returns of every section, and count the agreement with the published classes."""
    agree = judged = 0
    bodies = {row.section: Body(row.body) for row in kept.values()}
    for section, body in bodies.items():
        span = {"from": "2020-01-01T00:00:00Z", "to": "2021-01-01T00:00:00Z", "limit": "1000"}
        for reading in service.get(f"devices/{section}/readings", **span)["items"]:
            row = kept[section, datetime.fromisoformat(reading["at"])]
            if row.published is not None:
                found = section_class(reading["values"], body)
                judged += 1
                agree += found is not None and found.grade.number == row.published
    return agree, judged


def compare_compliance(service: Service, kept: dict[tuple[str, datetime], Row], at: datetime) -> None:
    """The API's compliance of all sections at a past instant is that of a plain count."""
    newest: dict[str, Row] = {}
    for row in kept.values():
        if row.at <= at and (row.section not in newest or newest[row.section].at < row.at):
            newest[row.section] = row
    classes = [row.plain_class() for row in newest.values() if at - row.at < FRESH]
    known = [number for number in classes if number is not None]
    told = service.get("indicators/section_compliance", scope="city", at=at.isoformat())
    sections = len({row.section for row in kept.values()})
    assert told["numerator"] == sum(number <= TARGET for number in known)
    assert (told["denominator"], told["unknown"]) == (sections, sections - len(known))
