"""The accounting identity (invariant 6): every delivery and every reading is in exactly one place, at every instant.

    received  = journaled + refused + dropped + forgotten + in hand          (deliveries)
    readings  = stored + duplicate + conflict + quarantined + not kept + in hand
                                                                      (`replaced` is part of stored)

Each step moves something from one place to another under one lock, so a snapshot never catches it in between.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from domain.delivery import Reason, Source
from domain.reading import Outcome
from ingest.babblers import Babblers
from ingest.decoded import Brief


@dataclass(slots=True)
class Settled:
    """What became of the readings of some deliveries: nothing of them is in hand any more."""

    deliveries: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    quarantined: Counter[Reason] = field(default_factory=Counter)
    """Readings that decoding rejected."""
    undecodable: Counter[Reason] = field(default_factory=Counter)
    """Deliveries that held no reading that could be told."""
    not_kept: Counter[Brief] = field(default_factory=Counter)
    """What could not be accepted and is not in the quarantine either, since its sender had spent its budget."""


class Ledger:
    """Implements `domain.ports.Accounting` for one incarnation of the process. Thread-safe."""

    def __init__(self, started: datetime) -> None:
        """Begin at zero; `started` is aware, UTC, city clock."""
        self._lock = threading.Lock()
        self._incarnation, self._started = uuid4().hex, started
        self._deliveries = dict.fromkeys(_DELIVERIES, 0)
        self._readings = dict.fromkeys(_READINGS, 0)
        self._quarantined = dict.fromkeys(Reason, 0)
        self._undecodable = dict.fromkeys(Reason, 0)
        self._not_kept = dict.fromkeys(Reason, 0)
        self._whole_not_kept = dict.fromkeys(Reason, 0)
        self._babblers = Babblers()
        self._received_by = dict.fromkeys(Source, 0)
        self._journaled_by = dict.fromkeys(Source, 0)
        self._readings_by = dict.fromkeys(Source, 0)

    # -- deliveries ---------------------------------------------------------------------------------------------

    def received(self, source: Source, count: int = 1) -> None:
        """Deliveries came in and are in hand."""
        self._came(source, count, "in_hand")

    def dropped(self, source: Source, count: int = 1) -> None:
        """Deliveries came in and there was no room: QoS 0, which the broker does not repeat."""
        self._came(source, count, "dropped")

    def _came(self, source: Source, count: int, place: str) -> None:
        with self._lock:
            self._deliveries["received"] += count
            self._deliveries[place] += count
            self._received_by[source] += count

    def forgotten(self, count: int) -> None:
        """Deliveries in hand whose connection is gone: the broker owns them and will repeat them."""
        self._leave("forgotten", count)

    def refused(self, count: int) -> None:
        """Deliveries in hand were given back to those who offered them: the journal is full."""
        self._leave("refused", count)

    def _leave(self, place: str, count: int) -> None:
        with self._lock:
            self._deliveries["in_hand"] -= count
            self._deliveries[place] += count

    def journaled(self, counts: Mapping[Source, int]) -> None:
        """Deliveries in hand are durable."""
        with self._lock:
            for source, count in counts.items():
                self._deliveries["in_hand"] -= count
                self._deliveries["journaled"] += count
                self._journaled_by[source] += count

    def acknowledged(self, count: int, stale: int) -> None:
        """Durable deliveries were acknowledged; for `stale` ones the connection was gone, so the broker repeats."""
        with self._lock:
            self._deliveries["acknowledged"] += count
            self._deliveries["stale_acknowledgements"] += stale

    # -- readings -----------------------------------------------------------------------------------------------

    def taken(self, counts: Mapping[Source, int]) -> None:
        """Readings were taken out of journaled deliveries and are in hand."""
        with self._lock:
            for source, count in counts.items():
                self._readings["readings"] += count
                self._readings["in_hand"] += count
                self._readings_by[source] += count

    def settled(self, what: Settled) -> None:
        """Readings in hand are stored, known already or quarantined."""
        with self._lock:
            self._deliveries["settled"] += what.deliveries
            for outcome, count in what.outcomes.items():
                self._settle(outcome, count)
            for reason, count in what.quarantined.items():
                self._quarantine(reason, count)
            for reason, count in what.undecodable.items():
                self._deliveries["undecodable"] += count
                self._undecodable[reason] += count
            for brief, count in what.not_kept.items():
                self._count_only(brief, count)

    def _count_only(self, what: Brief, count: int) -> None:
        self._babblers.add(what, count)
        if what.whole:
            self._deliveries["not_kept"] += count
            self._whole_not_kept[what.reason] += count
        else:
            self._move("not_kept", count)
            self._not_kept[what.reason] += count

    def _settle(self, outcome: Outcome, count: int) -> None:
        match outcome:
            case Outcome.STORED:
                self._move("stored", count)
            case Outcome.REPLACED:
                self._move("stored", count)
                self._readings["replaced"] += count
            case Outcome.DUPLICATE:
                self._move("duplicate", count)
            case Outcome.CONFLICT:
                self._move("conflict", count)
                self._quarantined[Reason.CONFLICT] += count
            case Outcome.REFUSED:
                self._quarantine(Reason.STORE_REFUSED, count)

    def _quarantine(self, reason: Reason, count: int) -> None:
        self._move("quarantined", count)
        self._quarantined[reason] += count

    def _move(self, place: str, count: int) -> None:
        self._readings["in_hand"] -= count
        self._readings[place] += count

    def snapshot(self) -> Mapping[str, Any]:
        """Return all counts since this process started, consistent with one another, as plain JSON."""
        with self._lock:
            return {
                "incarnation": self._incarnation,
                "started": self._started.isoformat(),
                "deliveries": {
                    **self._deliveries,
                    "undecodable_by_reason": _named(self._undecodable),
                    "not_kept_by_reason": _named(self._whole_not_kept),
                    "received_by_source": _named(self._received_by),
                    "journaled_by_source": _named(self._journaled_by),
                },
                "readings": {
                    **self._readings,
                    "quarantined_by_reason": _named(self._quarantined),
                    "not_kept_by_reason": _named(self._not_kept),
                    "readings_by_source": _named(self._readings_by),
                },
                "not_kept_by_sender": self._babblers.told(),
            }


_DELIVERIES = (
    "received",
    "journaled",
    "refused",
    "dropped",
    "forgotten",
    "in_hand",
    "acknowledged",
    "stale_acknowledgements",
    "settled",
    "undecodable",
    "not_kept",
)
_READINGS = ("readings", "stored", "replaced", "duplicate", "conflict", "quarantined", "not_kept", "in_hand")


def _named(counts: Mapping[Reason, int] | Mapping[Source, int]) -> dict[str, int]:
    return {key.value: count for key, count in counts.items()}
