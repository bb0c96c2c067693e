"""A report as tables of plain values: what CSV, XLSX and JSON share."""

from collections.abc import Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.reports.words import VERDICTS, Lang, environment, reason, word
from domain.history import Published
from domain.measure import Assessment, Direction, Measure
from rules.reports import Report, Section

COLUMNS: Final = (
    *("scope", "span", "value", "unit", "numerator", "denominator", "unknown", "coverage", "official", "remarks"),
    "revision",
)
TARGET_COLUMNS: Final = (
    *("verdict", "item", "wording", "bureau", "scope", "limit", "value", "unit", "numerator", "denominator", "unknown"),
    "remarks",
)

Row = dict[str, Any]
_SIGNS: Final = {Direction.AT_LEAST: "≥", Direction.AT_MOST: "≤"}


def measure_row(found: Published, lang: Lang, tz: ZoneInfo) -> Row:
    """Return one measure as a row; never a bare percentage."""
    measure = found.measure
    return {
        "scope": measure.scope,
        "span": found.period,
        "value": _known(measure),
        "unit": measure.unit,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "unknown": measure.unknown,
        "coverage": measure.coverage,
        "official": measure.official,
        "remarks": reason(measure.reason, lang, tz),
        "revision": found.revision,
    }


def _known(measure: Measure) -> float | None:
    """Return the value, or None where nothing at all is known: no nought is made of that."""
    return None if measure.coverage == 0 else measure.value


def target_row(found: Assessment, lang: Lang, tz: ZoneInfo) -> Row:
    """Return one target of the plan with its verdict on the period as a row."""
    target, measure = found.target, found.measure
    side = f"{_SIGNS[target.direction]} {target.limit:g}" if target.direction and target.limit is not None else ""
    return {
        "verdict": VERDICTS[found.verdict][lang == "en"],
        "item": target.item,
        "wording": target.wording,
        "bureau": "、".join(target.bureau),
        "scope": target.scope,
        "limit": side,
        "value": _known(measure) if measure else None,
        "unit": target.unit,
        "numerator": measure.numerator if measure else None,
        "denominator": measure.denominator if measure else None,
        "unknown": measure.unknown if measure else None,
        "remarks": reason(found.reason, lang, tz),
    }


def sentence(section: Section, lang: Lang) -> str:
    """Return what the section says in words, or that nothing was published."""
    if section.city is None and not section.rows:
        return word("nothing", lang)
    template = section.plan.sentence_en if lang == "en" else section.plan.sentence
    if section.city is None:
        return ""  # the table says it; a sentence about the city would have nothing to say
    measure = section.city.measure
    given = {"city": measure, "detail": dict(measure.detail), "rows": [p.measure for p in section.rows]}
    return environment(lang).from_string(template).render(given).strip()


def title(section: Section, lang: Lang) -> str:
    """Return the section's title."""
    return section.plan.title_en if lang == "en" else section.plan.title


def flat(report: Report, lang: Lang, tz: ZoneInfo) -> Iterator[Row]:
    """Yield every row of every section, and then the targets, under one set of columns."""
    for section in report.sections:
        shown = section.rows if section.city in section.rows or section.city is None else (section.city, *section.rows)
        for found in shown:
            yield {"section": title(section, lang), "indicator": section.plan.indicator, **measure_row(found, lang, tz)}
    for assessment in report.assessments:
        row = target_row(assessment, lang, tz)
        yield {"section": word("targets", lang), "indicator": assessment.target.indicator or "", **row}
