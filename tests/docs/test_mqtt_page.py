"""docs/mqtt.md: every payload it shows behaves as it says, and no reason is left out."""

import re

import pytest

from domain.delivery import Reason
from tests.docs.examples import decode
from tests.support.servers import ROOT

PAGE = (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^```json topic=(?P<topic>\S+)(?: quarantined=(?P<reason>\w+))?\n(?P<payload>.*?)^```$", re.MULTILINE | re.DOTALL
)
BLOCKS = [m.groupdict() for m in BLOCK.finditer(PAGE)]


@pytest.mark.parametrize("block", [b for b in BLOCKS if not b["reason"]], ids=lambda b: b["topic"])
def test_what_the_page_shows_as_right_is_accepted(block: dict[str, str]) -> None:
    decoded = decode(block["topic"], block["payload"].encode())
    assert decoded.undecodable is None
    assert decoded.rejects == ()
    assert decoded.readings


@pytest.mark.parametrize("block", [b for b in BLOCKS if b["reason"]], ids=lambda b: b["reason"])
def test_what_the_page_shows_as_wrong_goes_to_the_quarantine_for_that_reason(block: dict[str, str]) -> None:
    decoded = decode(block["topic"], block["payload"].encode())
    assert [reject.reason.value for reject in decoded.rejects] == [block["reason"]]


def test_the_page_explains_every_reason_and_no_other() -> None:
    table = PAGE[PAGE.index("## The quarantine") : PAGE.index("Some that we expect")]
    first_cells = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    named = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert named == {reason.value for reason in Reason}
