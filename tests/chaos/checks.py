"""What must hold after a round, whatever failed in it."""

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any, Final, NamedTuple

from domain.lighting import LightingPlan
from domain.scope import Scope
from ingest.journal.framing import unpack
from rules.live import recompute
from store.telemetry.influx import InfluxStore
from store.telemetry.influx_options import InfluxOptions
from tests.chaos.sender import LAMPS, PATIENCE_S, Books, Key, Sent
from tests.chaos.works import BUCKET, Works
from tests.support.city import readings_of
from tests.support.ledger import identity_holds, quarantined, settled, stored_in_influx
from tests.support.processes import wait_until

SAVED_S: Final = 5.0
"""What the broker acknowledged so long before it was killed is on its disk: it saves every second, if it runs."""
INDICATOR: Final = "light_on_rate"
NAMED: Final = 5


@dataclass
class Found:
    """What a round came to."""

    stored: int = 0
    quarantined: int = 0
    lost: int = 0
    """Acknowledged by the broker, lost by the broker, missing by `seq`."""
    failures: list[str] = field(default_factory=list)


class _Loss(NamedTuple):
    """A broker that was killed: when, whether it kept nothing at all, and when somebody had subscribed again."""

    killed: float
    everything: bool
    heard_again: float


class Checks:
    """The books of one city: over its rounds it remembers which numbers of a device never came."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._absent: dict[str, set[int]] = {lamp: set() for lamp in LAMPS}
        self._read = 0
        influx = works.influx
        self._telemetry = InfluxStore(InfluxOptions(influx.url, influx.token, influx.org, BUCKET))

    def close(self) -> None:
        """Let go of the store."""
        self._telemetry.close()

    def begin(self, first: set[Key], began: datetime) -> None:
        """Wait until the first reading of every device is stored: from then on a gap shows."""
        self._settle(first, began)

    def after(self, books: Books, last: set[Key], began: datetime) -> Found:
        """Wait until all is settled, and hold everything against everything."""
        found = Found()
        try:
            self._settle(last, began)
        except AssertionError as late:
            found.failures.append(f"not settled: {late}")
        stored = stored_in_influx(self._works.influx, BUCKET, began)
        aside = self._set_aside(began)
        found.stored, found.quarantined = len(stored), len(aside)
        found.failures += self._kept(books, stored, aside, found)
        for key, sent in books.readings.items():
            if key not in stored:
                self._absent[key[0]].add(sent.seq)
        found.failures += [*self._numbers(), *self._accounting(), *self._measures(), *self._said()]
        return found

    def _settle(self, last: set[Key], began: datetime) -> None:
        """The broker hands over in order: with the last ones stored, it has nothing left that came before."""
        self._works.ready()
        wait_until(
            lambda: last <= stored_in_influx(self._works.influx, BUCKET, began), "the last ones are stored", PATIENCE_S
        )
        settled(self._works.service, PATIENCE_S)

    def _set_aside(self, began: datetime) -> set[Key]:
        items = (i for i in quarantined(self._works.service) if i["device"] and i["at"])
        return {key for i in items if (key := (i["device"], datetime.fromisoformat(i["at"])))[1] >= began}

    # -- nothing lost, nothing made up --------------------------------------------------------------------------

    def _kept(self, books: Books, stored: set[Key], aside: set[Key], found: Found) -> Iterator[str]:
        yield from _named("was stored and never sent", stored - books.readings.keys())
        yield from _named("was set aside and never sent", aside - books.readings.keys())
        gone = books.acknowledged - stored - aside
        journaled = self._journaled() if gone else set()
        losses = [_Loss(*loss, _heard_again(books, stored | aside, loss[0])) for loss in self._works.losses]
        unexplained = {key for key in gone if key in journaled or not _explained(books.readings[key], losses)}
        yield from _named("was acknowledged and is lost", unexplained)
        found.lost = len(gone - unexplained)

    def _journaled(self) -> set[Key]:
        """Every reading in the journal, which keeps them all here: what the service has ever acknowledged."""
        found: set[Key] = set()
        for file in (self._works.service.home / "journal").glob("journal-*.sqlite"):
            with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as journal:
                for (blob,) in journal.execute("SELECT deliveries FROM batch"):
                    payloads = (payload for _, bundle in unpack(blob) for payload in bundle.payloads)
                    found |= {
                        (raw["device"], datetime.fromisoformat(raw["at"])) for p in payloads for raw in readings_of(p)
                    }
        return found

    # -- what the service says of itself ------------------------------------------------------------------------

    def _numbers(self) -> Iterator[str]:
        """What never came is missing by `seq`, and nothing else is."""
        wrong: dict[str, tuple[int, int]] = {}

        def agree() -> bool:
            wrong.clear()
            for lamp, absent in self._absent.items():
                told = self._works.service.get(f"devices/{lamp}/ledger")
                ranges = {n for gap in told["gaps"] for n in range(gap["first"], gap["last"] + 1)}
                if told["missing"] + told["given_up"] != len(absent) or not ranges <= absent:
                    wrong[lamp] = (told["missing"] + told["given_up"], len(absent))
            return not wrong

        with contextlib.suppress(AssertionError):
            wait_until(agree, "the ledgers agree", 120)
        for lamp, (told, absent) in list(wrong.items())[:NAMED]:
            yield f"{lamp}: {told} missing by seq, {absent} never came ({len(wrong)} devices)"

    def _accounting(self) -> Iterator[str]:
        account = self._works.service.get("ingest")["accounting"]
        if not identity_holds(account):
            yield f"the accounting does not add up: {account}"

    def _measures(self) -> Iterator[str]:
        """Every scope's live measure equals a serial recomputation over what is stored."""
        until = datetime.max.replace(tzinfo=self._works.began.tzinfo)
        readings = sorted(
            self._telemetry.window("streetlight", self._works.began - timedelta(hours=1), until), key=lambda r: r.at
        )
        for entry in self._works.service.get(f"indicators/{INDICATOR}/scopes")["items"]:
            scope = entry["scope"]
            live = self._works.service.get(f"indicators/{INDICATOR}", scope=scope)
            at, plan = datetime.fromisoformat(live["at"]), LightingPlan((), ())
            serial = recompute(
                INDICATOR, Scope.parse(scope), at, readings, self._works.register, plan, self._works.place
            )
            expected = (serial.value, serial.numerator, serial.denominator, serial.unknown)
            told = (live["value"], live["numerator"], live["denominator"], live["unknown"])
            if told != expected:
                yield f"{INDICATOR} of {scope} at {at} is {told}, computed again {expected}"

    def _said(self) -> Iterator[str]:
        """No exception was unforeseen: a log line with a traceback is a fault of the service."""
        with (self._works.service.home / "service.log").open("rb") as log:
            log.seek(self._read)
            lines = log.read().decode(errors="replace").splitlines()
            self._read = log.tell()
        told = Counter(event for line in lines if (event := _unforeseen(line)))
        yield from (f"the service logged {event} ({count} times)" for event, count in told.items())


def _heard_again(books: Books, there: set[Key], killed: float) -> float:
    """Return when the broker first acknowledged what it cannot have been given before it was killed, and what is there.

    A broker without the session acknowledges what it gives to nobody, until the service has subscribed anew.
    """
    after = (sent for key, sent in books.readings.items() if key in there and sent.copies == 1 and sent.handed > killed)
    return min((sent.acknowledged for sent in after if sent.acknowledged is not None), default=inf)


def _explained(sent: Sent, losses: Sequence[_Loss]) -> bool:
    """Return whether a killed broker lost what it had acknowledged."""
    at = sent.acknowledged
    assert at is not None
    return any(
        at < loss.heard_again if loss.everything else loss.killed - SAVED_S < at <= loss.killed for loss in losses
    )


def _unforeseen(line: str) -> str:
    """Return the event of a line that tells of an exception, or the line when it is no log line of ours."""
    try:
        told: Mapping[str, Any] = json.loads(line)
    except ValueError:
        return line if line.startswith("Traceback") else ""
    return f"{told['event']}: {str(told['exception'])[-300:]}" if "exception" in told else ""


def _named(what: str, keys: set[Key]) -> Iterator[str]:
    if keys:
        some = ", ".join(f"{device} {at.isoformat()}" for device, at in sorted(keys)[:NAMED])
        yield f"{len(keys)} x {what}: {some}"
