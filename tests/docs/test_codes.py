"""Every fault and event that a device may carry has its word in Chinese on the page."""

import json

from domain.kinds import KINDS
from tests.support.servers import ROOT

SAID = ROOT / "web" / "src" / "i18n" / "said"


def test_every_fault_and_event_has_a_word() -> None:
    known = json.loads((SAID / "codes.json").read_text(encoding="utf-8"))
    known |= json.loads((ROOT / "api" / "said" / "verdicts.json").read_text(encoding="utf-8"))
    assert {code for kind in KINDS.values() for code in (*kind.faults, *kind.events)} - known.keys() == set()
