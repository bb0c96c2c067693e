"""The page on agreement with published classes lists what a recount finds, every disagreement with its reason."""

import re
from pathlib import Path

from docs.agreement_water import PAGE, render


def test_the_page_lists_every_disagreement_and_no_other(shared_data: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == render(shared_data / "water" / "sections_daily_2020.csv")


def test_the_agreement_is_as_asked_and_every_disagreement_has_a_reason() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shares = [float(share) for share in re.findall(r"\| ([\d.]+) % \|", text)]
    assert shares[0] >= 99.97
    assert shares[1] >= 99.6
    reasons = [line.split("|")[6].strip() for line in text.splitlines() if re.search(r"\| (river|lake) \|", line)]
    assert len(reasons) == 65
    assert all(len(reason) > 10 for reason in reasons)
