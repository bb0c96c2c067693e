"""What was computed again, held against what was published."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.events import instant
from domain.history import FIGURES, Published, differs, without_devices
from rules.replay import Replayed

WHY = "recomputed from the archive"


def compared(
    replayed: Replayed, before: Mapping[str, Published], version: int
) -> list[tuple[Published | None, Published]]:
    """Return what differs: what was published (None: nothing) and what it ought to be."""
    found = {p.measure.scope: replace(p, why=WHY) for p in replayed.found}
    gone = (p for scope, p in before.items() if scope not in found)
    nothing = [
        replace(p, measure=without_devices(p.measure, replayed.due.at, version), revision=0, recorded_at=None, why=WHY)
        for p in gone
    ]
    pairs = [(before.get(new.measure.scope), new) for new in (*found.values(), *nothing)]
    return [(old, new) for old, new in pairs if old is None or differs(old.measure, new.measure)]


def told(pairs: Sequence[tuple[Published | None, Published]]) -> list[dict[str, Any]]:
    """Return differences as plain JSON."""
    return [_told(old, new) for old, new in pairs]


def _told(old: Published | None, new: Published) -> dict[str, Any]:
    figures = _figures(new)
    before = None if old is None else _figures(old)
    what = "unpublished" if before is None else "detail" if before == figures else "figures"
    return {
        "indicator": new.measure.indicator,
        "scope": new.measure.scope,
        "every": new.every.value,
        "period": new.period,
        "start": instant(new.start),
        "differs": what,
        "published": before,
        "recomputed": figures,
    }


def _figures(found: Published) -> dict[str, Any]:
    return {name: getattr(found.measure, name) for name in FIGURES}
