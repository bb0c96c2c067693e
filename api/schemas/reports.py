"""The kinds of report as an answer."""

from api.schemas.common import Answer
from rules.reports import ReportKind


class ReportOut(Answer):
    """A kind of report with its title in Chinese and English."""

    kind: ReportKind
    title: str
    title_en: str


class ReportList(Answer):
    """Every kind of report."""

    items: list[ReportOut]
