"""What a device may carry and what may happen to an alert has its word on the page, in both languages."""

import json
import re
from collections.abc import Iterable

import pytest

from domain.alert import AlertState, ChangeKind
from domain.kinds import KINDS
from domain.notice import NoticeKind, NoticeState, Outcome
from tests.support.servers import ROOT

I18N = ROOT / "web" / "src" / "i18n"
CODES = {code for kind in KINDS.values() for code in (*kind.faults, *kind.events)}
WORDS = {
    "change": ChangeKind,
    "alertState": set(AlertState) - {AlertState.PENDING},
    "notice": NoticeKind,
    "noticeState": NoticeState,
    "outcome": Outcome,
}
"""What the page names by the beginning of a key and a code of the service; what is pending is not written down."""


def test_every_fault_and_event_has_a_word_in_chinese() -> None:
    known = json.loads((I18N / "said" / "codes.json").read_text(encoding="utf-8"))
    known |= json.loads((ROOT / "api" / "said" / "verdicts.json").read_text(encoding="utf-8"))
    assert CODES - known.keys() == set()


def test_every_fault_and_event_has_words_in_english_and_no_other_has() -> None:
    known = json.loads((I18N / "said" / "codes.en.json").read_text(encoding="utf-8"))
    assert set(known) == CODES
    assert not [code for code, words in known.items() if words == code and any(c.isupper() for c in code)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("beginning", "members"), WORDS.items())
def test_every_code_of_an_alerts_life_has_a_word(lang: str, beginning: str, members: Iterable[str]) -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in sorted(I18N.glob(f"{lang}*.ts")))
    known = set(re.findall(rf'^  "?{beginning}\.(\w+)"?: "', texts, re.MULTILINE))
    assert {str(member) for member in members} - known == set()
