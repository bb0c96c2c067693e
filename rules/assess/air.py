"""One published station-hour judged by HJ 633: AQI, level and primary pollutants, by the hourly method."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from rules.assess.cells import NOT_MONITORED, amount, first_present, instant
from rules.standards.hj633 import Pollutant, Report, hourly
from rules.standards.hj633_editions import Edition, edition_of_hour

HOUR: Final = "hour_ending"
COLUMNS: Final[Mapping[Pollutant, tuple[str, ...]]] = MappingProxyType(
    {p: (p.value,) for p in Pollutant} | {Pollutant.O3: ("o3_1h", "o3"), Pollutant.PM25: ("pm25", "pm2.5")}
)
"""Where the 1 h means stand: µg/m³, CO mg/m³. The first column that has a value counts."""
USED: Final = (HOUR, *(name for names in COLUMNS.values() for name in names))
COMPUTED: Final = ("computed_aqi", "computed_level", "computed_primary", "note")


def assess_air(row: Mapping[str, str], edition: Edition | None) -> dict[str, str]:
    """Return the computed cells of a row. `edition` None: by the hour's label, its END.

    Raises:
        ValueError: a cell is malformed, a concentration negative, or the edition does not cover the hour.
    """
    applied = _edition(row, edition)
    values: dict[Pollutant, Decimal] = {}
    not_monitored: list[Pollutant] = []
    for pollutant, columns in COLUMNS.items():
        column, cell = first_present(row, columns) or ("", "")
        value = amount(column, cell)
        if value is not None:
            values[pollutant] = value
        elif cell in NOT_MONITORED:
            not_monitored.append(pollutant)
    report = hourly(values, applied, not_monitored)
    return dict(zip(COMPUTED, _cells(report, values), strict=True))


def _edition(row: Mapping[str, str], wanted: Edition | None) -> Edition:
    if HOUR not in row:
        if wanted is None:
            raise ValueError(f"{HOUR}: without the hour the edition must be named")
        return wanted
    at: datetime = instant(HOUR, row[HOUR])
    valid = edition_of_hour(at)
    if wanted not in {None, valid}:
        raise ValueError(f"{HOUR}: HJ 633-{wanted} does not cover {row[HOUR].strip()}, {valid.cited} does")
    return valid


def _cells(report: Report, values: Mapping[Pollutant, Decimal]) -> tuple[str, str, str, str]:
    missing = ", ".join(p.label for p in report.missing if p not in values)
    beyond = [f"{p.label} {values[p]} is beyond the 1 h scale" for p in report.missing if p in values]
    if report.value is None and report.iaqi:
        why = [f"no AQI up to 100 while {missing} missing"]
    elif report.value is None:
        why = beyond or ["no valid concentration"]
    else:
        why = [*beyond, f"without {missing}"] if missing else beyond
    note = f"{report.edition.cited}: {'; '.join(why)}" if why else ""
    if report.value is None:
        return "", "", "", note
    level = report.grade.category if report.grade else ""
    return str(report.value), level, ";".join(p.label for p in report.primary), note
