"""The words of messages: rules are in Chinese, reasons in English; each is told in the language of who reads it.

The catalogues are the page's too (`api/said`). A text that none of them knows stays as it came.
"""

from app.reports.phrases import Translator, catalogue
from domain.scope_names import SCOPE_NAMES
from notify.texts import Say
from rules.indicators import INDICATORS


def spoken() -> Say:
    """Return by language how a text of the service is said in it."""
    titles = {indicator.title: indicator.title_en for indicator in INDICATORS.values()}
    english = {**catalogue("rules.en"), **titles, **dict(SCOPE_NAMES.values())}
    chinese = {**catalogue("verdicts"), **catalogue("alerts")}
    return {"zh": Translator(chinese, str), "en": Translator(english, str)}
