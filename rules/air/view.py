"""An index and a day, as plain JSON: what measures say in detail."""

from typing import Any

from domain.explanation import Step
from rules.air.day_tally import DayOutcome
from rules.standards.hj633 import Report, rounded


def index_view(report: Report | None) -> dict[str, Any]:
    """Return the index in full, as plain JSON."""
    if report is None:
        return {"edition": None, "iaqi": {}, "missing": [], "primary_pollutants": [], "grade": None}
    grade = report.grade
    return {
        "edition": report.edition.cited,
        "iaqi": {p.value: report.iaqi[p] for p in report.iaqi},
        "missing": [p.label for p in report.missing],
        "primary_pollutants": [p.label for p in report.primary],
        "grade": None
        if grade is None
        else {
            "level": grade.level,
            "category": grade.category,
            "category_en": grade.category_en,
            "colour": grade.colour,
            "colour_en": grade.colour_en,
            "rgb": list(grade.rgb),
        },
    }


def day_view(outcome: DayOutcome) -> dict[str, Any]:
    """Return a day in full: index, level, primary pollutants, and the daily value that each index rests on."""
    tally = outcome.tally
    return {
        "day": outcome.day.isoformat(),
        "aqi": outcome.aqi,
        "good": outcome.good,
        "reason": outcome.why_none,
        **index_view(outcome.report),
        "concentrations": {
            scale.value: {
                "value": float(rounded(scale.pollutant, outcome.means[scale])) if scale in outcome.means else None,
                "unit": scale.pollutant.unit,
                "stations": valid,
            }
            for scale, (_, valid) in sorted(tally.sums.items())
        },
        "stations": tally.stations,
        "expected": tally.expected,
    }


def day_steps(outcome: DayOutcome) -> list[Step]:
    """Return the steps from the stations' daily values to the index of a day."""
    if outcome.report is None:
        return [Step("edition of the standard for the day", outcome.why_none)]
    cited, steps = outcome.report.edition.cited, []
    for scale, (_, valid) in sorted(outcome.tally.sums.items()):
        mean, unit = outcome.means.get(scale), scale.pollutant.unit
        said = "fewer than 75 % of the stations" if mean is None else f"{rounded(scale.pollutant, mean):f} {unit}"
        text = (
            f"daily value {scale.value}: mean over the {valid} of {outcome.tally.expected} stations with enough hours"
        )
        steps.append(Step(text, said, "GB 3095 table 4; HJ 663"))
    for pollutant, index in outcome.report.iaqi.items():
        steps.append(Step(f"individual index (IAQI) of {pollutant.label}, rounded up", str(index), f"{cited} 4.2"))
    if outcome.report.value is None:
        return [*steps, Step("index", outcome.why_none, cited)]
    primary = "; ".join(p.label for p in outcome.report.primary) or "none, up to 50"
    steps.append(Step("index = the greatest IAQI", str(outcome.report.value), f"{cited} 4.3"))
    return [*steps, Step("primary pollutants", primary, f"{cited} 4.3")]
