"""The four forms of a report: JSON, CSV, XLSX and printable HTML."""

import base64
import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.reports.tables import COLUMNS, TARGET_COLUMNS, Row, flat, measure_row, sentence, target_row, title
from app.reports.words import Lang, environment, local, named, number, period_name, unit_name, word
from domain.ports import RenderedReport
from rules.reports import Report

_TEMPLATE: Final = Path(__file__).with_name("report.html.j2")
_STYLE: Final = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_FLAT: Final = ("section", "indicator", *dict.fromkeys((*COLUMNS, *TARGET_COLUMNS)))
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET_NAME: Final = 31
"""Characters that Excel allows."""


def render(report: Report, form: str, lang: Lang, tz: ZoneInfo) -> RenderedReport:
    """Return a report in one of the forms `FORMS`."""
    media_type, write = FORMS[form]
    name = f"{report.plan.kind}-{report.period.name}.{form}"
    policy = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'"
    return RenderedReport(name, media_type, write(report, lang, tz), policy)


def _head(report: Report, lang: Lang, tz: ZoneInfo) -> dict[str, str]:
    template = report.plan.title_en if lang == "en" else report.plan.title
    return {
        "title": template.replace("{city}", report.city),
        "period": period_name(report.period, lang),
        "issued": local(report.issued_at, tz),
        "official": word(_standing(report), lang),
    }


def _standing(report: Report) -> str:
    if not report.figures:
        return "empty"
    return "official" if report.official else "unofficial"


def _json(report: Report, lang: Lang, tz: ZoneInfo) -> bytes:
    content = {
        "kind": report.plan.kind.value,
        "period": report.period.name,
        "start": report.period.start.isoformat(),
        "end": report.period.end.isoformat(),
        "official": report.official,
        "head": _head(report, lang, tz),
        "sections": [
            {
                "title": title(section, lang),
                "bureau": section.plan.bureau,
                "indicator": section.plan.indicator,
                "sentence": sentence(section, lang),
                "city": measure_row(section.city, lang, tz) if section.city else None,
                "rows": [measure_row(found, lang, tz) for found in section.rows],
            }
            for section in report.sections
        ],
        "targets": [
            {"id": a.target.id, **target_row(a, lang, tz), "verdict": a.verdict.value} for a in report.assessments
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _csv(report: Report, lang: Lang, tz: ZoneInfo) -> bytes:
    """One table, with a byte-order mark: without it spreadsheets take Chinese for Latin."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _FLAT, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({k: _harmless(v) for k, v in row.items()} for row in flat(report, lang, tz))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is written as a text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _xlsx(report: Report, lang: Lang, tz: ZoneInfo) -> bytes:
    from openpyxl import Workbook  # late: it is large, and the service starts without it

    book = Workbook(write_only=True)
    first = book.create_sheet(_sheet_name(word("targets", lang), 0))
    for text in _head(report, lang, tz).values():
        first.append([text])
    _table(first, TARGET_COLUMNS, [target_row(a, lang, tz) for a in report.assessments], lang)
    for n, section in enumerate(report.sections, 1):
        sheet = book.create_sheet(_sheet_name(title(section, lang), n))
        sheet.append([title(section, lang), f"{word('bureau', lang)}: {section.plan.bureau}"])
        sheet.append([sentence(section, lang)])
        _table(sheet, COLUMNS, [measure_row(found, lang, tz) for found in section.rows], lang)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _sheet_name(text: str, number_: int) -> str:
    clean = "".join(c for c in text if c not in "[]:*?/\\")
    return f"{number_} {clean}"[:_SHEET_NAME]


def _table(sheet: Any, columns: tuple[str, ...], rows: list[Row], lang: Lang) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    heads = []
    for column in columns:
        cell = WriteOnlyCell(sheet, word(column, lang))
        cell.font = Font(bold=True)
        heads.append(cell)
    sheet.append(heads)
    for row in rows:
        named = row | {"unit": unit_name(row["unit"], lang)}
        sheet.append([_harmless(named[column]) for column in columns])


def _html(report: Report, lang: Lang, tz: ZoneInfo) -> bytes:
    template = environment(lang, html=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    sections = [
        {
            "title": title(section, lang),
            "bureau": section.plan.bureau,
            "sentence": sentence(section, lang),
            "rows": [_shown(measure_row(found, lang, tz), lang) for found in section.rows],
        }
        for section in report.sections
    ]
    given = {
        "style": _STYLE,
        "head": _head(report, lang, tz),
        "sections": sections,
        "columns": COLUMNS,
        "targets": [_shown(target_row(a, lang, tz), lang) for a in report.assessments],
        "target_columns": TARGET_COLUMNS,
    }
    return template.render(given).encode()


def _shown(row: Mapping[str, Any], lang: Lang) -> Row:
    """Write numbers for people; `official` becomes a word only where it is not."""
    shown = {k: number(v) if isinstance(v, int | float) and not isinstance(v, bool) else v for k, v in row.items()}
    shown["scope"] = named(row["scope"], lang)
    shown["unit"] = unit_name(row["unit"], lang)
    coverage = row.get("coverage")
    if coverage is not None:
        shown["coverage"] = f"{number(100 * coverage, 1)} %"
    return {k: "–" if v is None else v for k, v in shown.items()}


FORMS: Final[dict[str, tuple[str, Callable[[Report, Lang, ZoneInfo], bytes]]]] = {
    "json": ("application/json", _json),
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": (_XLSX, _xlsx),
    "html": ("text/html; charset=utf-8", _html),
}
