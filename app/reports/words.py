"""The words of reports in Chinese and English, and how numbers and instants are written in them."""

from datetime import datetime
from functools import cache
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from app.reports.phrases import Translator, catalogue
from domain.measure import TargetVerdict
from domain.period import Period, PeriodKind
from domain.scope_names import scope_name

Lang = Literal["zh", "en"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "period": ("报告期", "Period"),
    "issued": ("编制时间", "Issued"),
    "official": ("正式数据", "Official figures"),
    "empty": ("本期没有已发布的数据", "Nothing was published for this period"),
    "unofficial": ("含虚构或暂定数据，非正式", "Holds made-up or provisional figures: not official"),
    "bureau": ("责任单位", "Bureau"),
    "nothing": ("本期没有已发布的数据。", "Nothing was published for this period."),
    "scope": ("范围", "Scope"),
    "span": ("时段", "Span"),
    "value": ("数值", "Value"),
    "unit": ("单位", "Unit"),
    "numerator": ("分子", "Numerator"),
    "denominator": ("分母", "Denominator"),
    "unknown": ("未知", "Unknown"),
    "coverage": ("覆盖率", "Coverage"),
    "remarks": ("说明", "Remarks"),
    "revision": ("修订", "Revision"),
    "targets": ("方案目标对照", "Targets of the plan"),
    "item": ("条目", "Item"),
    "wording": ("文件要求", "Wording"),
    "limit": ("目标", "Target"),
    "verdict": ("结论", "Verdict"),
    "section": ("章节", "Section"),
    "indicator": ("指标", "Indicator"),
}
"""Chinese first."""

VERDICTS: Final[dict[TargetVerdict, tuple[str, str]]] = {
    TargetVerdict.MET: ("达标", "met"),
    TargetVerdict.MISSED: ("未达标", "missed"),
    TargetVerdict.UNKNOWN: ("无法判定", "unknown"),
    TargetVerdict.NO_LIMIT: ("无数值目标", "no limit"),
    TargetVerdict.EXPIRED: ("已到期", "expired"),
    TargetVerdict.NOT_MEASURED: ("不可测", "not measured"),
}


def unit_name(unit: str, lang: Lang) -> str:
    """Return how people write a unit; nothing where there is no dimension."""
    if unit == "1":
        return ""
    return catalogue("counted").get(unit, unit).strip("{}") if lang == "zh" else unit.strip("{}")


def reason(text: str, lang: Lang, tz: ZoneInfo) -> str:
    """Return why a measure or a verdict is as it is, in the language of the report; instants in the city's zone."""
    return _chinese(tz)(text) if lang == "zh" else text


@cache
def _chinese(tz: ZoneInfo) -> Translator:
    return Translator(catalogue("verdicts"), lambda raw: _part(raw, tz))


def _part(raw: str, tz: ZoneInfo) -> str:
    """Write what is no phrase of its own: an instant, a scope; figures and names stay."""
    if raw[:4].isdigit() and "T" in raw:
        return local(datetime.fromisoformat(raw), tz)
    return named(raw, "zh") if ":" in raw or scope_name(raw) else raw


def named(scope: str, lang: Lang) -> str:
    """Return how people call a scope; what has a name of its own in the register keeps its id."""
    known = scope_name(scope)
    return known[lang == "en"] if known else scope.partition(":")[2]


def word(key: str, lang: Lang) -> str:
    """Return a word of the catalogue."""
    return WORDS[key][lang == "en"]


def number(value: float | None, digits: int = 2) -> str:
    """Write a number with at most so many decimals and without trailing zeros; a dash for none."""
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def period_name(period: Period, lang: Lang) -> str:
    """Write a period as a report's head does: 2026年11月24日, 2026年第4季度."""
    day = period.first_day
    if lang == "en":
        return period.name
    match period.kind:
        case PeriodKind.HOUR:
            return f"{day.year}年{day.month}月{day.day}日{period.local_hour}时"
        case PeriodKind.DAY:
            return f"{day.year}年{day.month}月{day.day}日"
        case PeriodKind.MONTH:
            return f"{day.year}年{day.month}月"
        case PeriodKind.QUARTER:
            return f"{day.year}年第{(day.month + 2) // 3}季度"
        case PeriodKind.YEAR:
            return f"{day.year}年"


def local(instant: datetime, tz: ZoneInfo) -> str:
    """Write an instant in the city's zone, with its offset."""
    return instant.astimezone(tz).isoformat(sep=" ", timespec="minutes")


def environment(lang: Lang, *, html: bool = False) -> Environment:
    """Return where templates are rendered: sandboxed, and a name that is not there is an error, not an empty text."""
    made = SandboxedEnvironment(autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    filters: dict[str, Any] = {"num": number}
    made.filters.update(filters)
    made.globals.update({"word": lambda key: word(key, lang), "lang": lang})
    return made
