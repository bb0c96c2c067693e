"""The lives of alerts, read back from their recorded steps: what was annunciated, how long it stood, who took it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.alert import TELLING, AlertState, ChangeKind
from domain.alert_ports import AlertStep

_OVER: Final = frozenset({ChangeKind.RECOVERED, ChangeKind.CORRECTED})


def annunciates(step: AlertStep) -> bool:
    """Return whether a step rings at an officer: raised, worse, lapsed or released, and nothing keeps it quiet."""
    return step.kind in TELLING and step.kind is not ChangeKind.RECOVERED and not step.quiet


@dataclass(frozen=True, slots=True)
class Life:
    """One alert from its raising on, as far as it is recorded."""

    id: str
    rule: str
    subject: str
    raised: datetime
    steps: tuple[AlertStep, ...]

    @property
    def key(self) -> tuple[str, str]:
        """(rule, subject): what the standard calls an alarm; each raising is an annunciation of it."""
        return self.rule, self.subject

    @property
    def annunciated(self) -> Sequence[AlertStep]:
        """The steps that rang."""
        return tuple(step for step in self.steps if annunciates(step))

    @property
    def acknowledged(self) -> datetime | None:
        """When somebody took it for the first time."""
        return next((s.at for s in self.steps if s.kind is ChangeKind.ACKNOWLEDGED), None)

    @property
    def over(self) -> datetime | None:
        """When it was seen to be clear; None while it is open."""
        return next((s.at for s in self.steps if s.kind in _OVER), None)

    def shelved_at(self, at: datetime) -> bool:
        """Return whether it lay on the shelf at an instant."""
        before = [s for s in self.steps if s.at <= at]
        return bool(before) and before[-1].state is AlertState.SHELVED


def lives(steps: Iterable[AlertStep]) -> Sequence[Life]:
    """Return the alerts that the steps (in the order of recording) tell of, those raised first first.

    What late data raised and ended in one tick was never told to anybody, and is left out.
    """
    by_alert: dict[str, list[AlertStep]] = {}
    for step in steps:
        by_alert.setdefault(step.alert, []).append(step)
    found = [
        Life(ident, own[0].rule, own[0].subject, own[0].at, tuple(own))
        for ident, own in by_alert.items()
        if own[0].kind is ChangeKind.RAISED
    ]
    return sorted(found, key=lambda life: (life.raised, life.id))
