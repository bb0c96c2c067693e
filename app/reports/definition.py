"""Report definitions: `config/reports/<kind>.toml`, one a kind, each mistake told by file, field and reason."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import TemplateSyntaxError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.reports.words import environment
from app.toml_file import read_toml
from domain.errors import ConfigError, Problem
from domain.period import PeriodKind
from domain.scope import ScopeKind
from rules.indicators import INDICATORS
from rules.reports import ReportKind, ReportPlan, SectionPlan, Take

SHIPPED: Final = Path(__file__).parents[2] / "config" / "reports"
_LENGTHS: Final = list(PeriodKind)


class _SectionIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    bureau: str = Field(min_length=1)
    indicator: str
    scopes: list[ScopeKind] = Field(min_length=1)
    take: Take = Take.LAST
    sentence: str = ""
    sentence_en: str = ""

    @field_validator("sentence", "sentence_en")
    @classmethod
    def _is_template(cls, text: str) -> str:
        try:
            environment("zh").parse(text)
        except TemplateSyntaxError as error:
            raise ValueError(f"is no template: {error.message}") from None
        return text


class _ReportIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    section: list[_SectionIn] = Field(min_length=1)


def load_plans(folder: Path = SHIPPED) -> Mapping[ReportKind, ReportPlan]:
    """Read the definition of every kind of report from `folder`.

    Raises:
        ConfigError: with every mistake of every file.
    """
    problems: list[Problem] = []
    plans: dict[ReportKind, ReportPlan] = {}
    for kind in ReportKind:
        try:
            plans[kind] = load_plan(kind, folder / f"{kind}.toml")
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return plans


def load_plan(kind: ReportKind, file: Path) -> ReportPlan:
    """Read one definition. Raises `ConfigError` with every mistake."""
    try:
        found = _ReportIn.model_validate(read_toml(file))
    except ValidationError as error:
        raise ConfigError([_problem(file, e) for e in error.errors()]) from None
    mistakes = [
        Problem(str(file), 0, f"section {n}, {field}", reason)
        for n, part in enumerate(found.section, 1)
        for field, reason in _mistakes(kind, part)
    ]
    if mistakes:
        raise ConfigError(mistakes)
    return ReportPlan(kind, found.title, found.title_en, tuple(_plan(part) for part in found.section))


def _mistakes(kind: ReportKind, part: _SectionIn) -> list[tuple[str, str]]:
    indicator = INDICATORS.get(part.indicator)
    if indicator is None:
        return [("indicator", f"{part.indicator!r} is none of {', '.join(INDICATORS)}")]
    kept = indicator.kept
    found = [
        ("scopes", f"no history of {indicator.name} is kept for {scope}; it is for {', '.join(kept.scopes)}")
        for scope in part.scopes
        if scope not in kept.scopes
    ]
    if _LENGTHS.index(kept.every) > _LENGTHS.index(kind.period):
        found.append(("indicator", f"{indicator.name} is kept by the {kept.every}: too long for a {kind} report"))
    return found


def _plan(part: _SectionIn) -> SectionPlan:
    return SectionPlan(
        title=part.title,
        title_en=part.title_en,
        bureau=part.bureau,
        indicator=part.indicator,
        scopes=tuple(scope.value for scope in part.scopes),
        take=part.take,
        sentence=part.sentence,
        sentence_en=part.sentence_en,
    )


def _problem(file: Path, error: Any) -> Problem:
    parts = [f"section {p + 1}" if isinstance(p, int) else str(p) for p in error["loc"] if p != "section"]
    return Problem(str(file), 0, ", ".join(parts), error["msg"].removeprefix("Value error, "))
