"""Acknowledging by the link of a personal message: what the page shows, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.alert import Alert
from domain.notice import Notice


class LinkState(StrEnum):
    """How a link stands."""

    OPEN = "open"
    """Something of the group waits to be acknowledged."""
    USED = "used"
    """It was used; it works once."""
    TAKEN = "taken"
    """Everything of the group was acknowledged, in another way."""
    CLOSED = "closed"
    """Nothing of the group is open any more."""
    STALE = "stale"
    """Something came on top, or got worse, after the page was read."""
    UNKNOWN = "unknown"
    """There is no such notice any more."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """What stands behind a link now. `seen` names exactly the alerts shown, each with its severity."""

    state: LinkState
    notice: Notice | None = None
    alerts: Sequence[Alert] = ()
    """Those that wait, the worst first."""
    seen: str = ""
    by: str = ""
    """Who used it, or who has acknowledged."""


@dataclass(frozen=True, slots=True)
class LinkUse:
    """A press on the button. `at` is city time, `wall` the wall clock."""

    notice: int
    person: str
    name: str
    seen: str
    at: datetime
    wall: datetime


class LinkStore(Protocol):
    """Links in the operational database. All methods raise `StoreUnavailable` when it is away."""

    def look(self, notice: int) -> LinkView:
        """Return what stands behind the link of a notice; changes nothing."""
        ...

    def use(self, use: LinkUse) -> LinkView:
        """Acknowledge what waits, once, with its audit record in one transaction.

        `OPEN` in the answer means that it was done; anything else that nothing was.
        """
        ...
