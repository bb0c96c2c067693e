"""One published parking row judged: a car park's counter, or the state of one bay at a reference instant."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from domain.kinds import KINDS
from rules.assess.cells import number
from rules.parking.counts import LotCount

CAPACITY: Final = "capacity"
COUNTED: Final = ("occupied", "free")
STATE: Final = "Status_Description"
CHANGED: Final = "Status_Timestamp"
UPDATED: Final = "Lastupdated"
USED: Final = (CAPACITY, *COUNTED, STATE, CHANGED, UPDATED)
COMPUTED: Final = ("computed_occupied", "computed_free", "computed_occupancy", "computed_state", "note")
STALE_AFTER: Final[timedelta] = KINDS["parking_bay"].freshness
_STATES: Final = {"present": "occupied", "occupied": "occupied", "unoccupied": "vacant", "vacant": "vacant"}


def is_counter(head: Sequence[str]) -> bool:
    """Return whether the columns are those of car parks with counters."""
    return CAPACITY in head and any(column in head for column in COUNTED)


def is_bay(head: Sequence[str]) -> bool:
    """Return whether the columns are those of bays with sensors."""
    return STATE in head and CHANGED in head


def assess_parking(row: Mapping[str, str], reference: datetime | None) -> dict[str, str]:
    """Return the computed cells of a row. `reference`: the instant at which a bay's state is asked for.

    Raises:
        ValueError: a cell is malformed, or a bay is asked for without a reference.
    """
    cells = _counter(row) if is_counter(list(row)) else _bay(row, reference)
    return dict(zip(COMPUTED, cells, strict=True))


def instants(row: Mapping[str, str]) -> list[datetime]:
    """Return the instants of a bay's row that can be read: its last change and the table's update."""
    found = []
    for column in (CHANGED, UPDATED):
        try:
            found.append(_instant(column, row.get(column, "")))
        except ValueError:
            continue
    return found


def _counter(row: Mapping[str, str]) -> tuple[str, str, str, str, str]:
    capacity = _whole(row, CAPACITY)
    if not capacity:
        return "", "", "", "unknown", "no capacity"
    if capacity < 0:
        raise ValueError(f"{CAPACITY}: {capacity} is negative")
    inside, free = _whole(row, COUNTED[0]), _whole(row, COUNTED[1])
    if inside is None:
        inside = None if free is None else capacity - free
    found = LotCount(capacity, inside)
    held = found.clamped
    if held is None:
        return "", "", "", "unknown", "no count"
    flag = "below zero" if found.below_zero else "above capacity" if found.above_capacity else ""
    note = f"{flag}: {inside} cars in {capacity} spaces" if flag else ""
    return str(held), str(capacity - held), f"{100 * held / capacity:.2f}", "counted", note


def _bay(row: Mapping[str, str], reference: datetime | None) -> tuple[str, str, str, str, str]:
    said = row[STATE].strip()
    state = _STATES.get(said.lower())
    if state is None:
        raise ValueError(f"{STATE}: {said!r} is none of {', '.join(sorted(_STATES))}")
    at = _instant(CHANGED, row[CHANGED])
    if reference is None:
        raise ValueError(f"{CHANGED}: there is no instant to judge it by")
    if reference - at > STALE_AFTER:
        return "", "", "", "unknown", f"stale: {state} since {row[CHANGED].strip()}, over 24 h before {reference}"
    taken = int(state == "occupied")
    return str(taken), str(1 - taken), f"{100 * taken:.2f}", state, ""


def _whole(row: Mapping[str, str], column: str) -> int | None:
    found = number(column, row.get(column, ""))
    if found is not None and found != found.to_integral_value():
        raise ValueError(f"{column}: {found} is no whole number")
    return None if found is None else int(found)


def _instant(column: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{column}: {text.strip()!r} is no instant") from None
    if at.tzinfo is None:
        raise ValueError(f"{column}: {text.strip()!r} has no offset")
    return at
