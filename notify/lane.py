"""One channel's lane: a thread that takes what is due from the outbox, tells it, and records what came of it.

At least once: told first, recorded afterwards. What could not be recorded is kept and recorded before anything else is
told, so that a store that is away makes nobody hear twice.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import SystemRandom

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from domain.duty import ContactKind, Person
from domain.errors import Unavailable
from domain.notice import Message, Notice, NoticeState, Outcome, Posted, Settled
from domain.outage import Outage
from domain.ports import Outbox
from domain.spans import CALM
from notify.breaker import FAILURES, Breaker
from notify.budget import Budget
from notify.channel import NO_ADDRESS, PERSON_LIMIT, UNASKED, Channel, Result
from notify.links import Links
from notify.parcels import Parcel, parcels
from notify.retry import Policy, settled
from notify.texts import Texts
from notify.undelivered import Undelivered

logger = logging.getLogger(__name__)
tracer = trace.get_tracer(__name__)

REFUSALS = 3
"""So many refusals in a row are the channel's and not a message's (our choice): a wrong signature, a robot removed."""
_AT_ONCE = 500
_REMEMBERED = 1000
"""So many of the newest messages say how the channel was before a restart: three days of trials."""
_SPAN = {"messaging.operation.type": "send", "messaging.operation.name": "send"}
"""OpenTelemetry's semantic conventions of messaging."""
_SOON = timedelta(seconds=60)
"""A person's limit that ends sooner is waited for; a longer one is no way to reach anybody in time."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every lane works with."""

    outbox: Outbox
    texts: Texts
    person: Callable[[str], Person | None]
    """Look a person of the roster up."""
    wall: Callable[[], datetime]
    undelivered: Undelivered
    links: Links | None = None
    """None = there is no public address: messages carry no link."""
    policy: Policy = field(default_factory=Policy)
    idle_s: float = 0.2
    """How long to sleep when nothing is due (wall)."""
    draw: Callable[[float, float], float] = SystemRandom().uniform


class Lane:
    """`start`, `stop`, `alive`, as every thread of ours; `step` is one round of it."""

    def __init__(self, channel: Channel, desk: Desk, *, anew: bool = False) -> None:
        """Take up where the outbox says that the channel was: its spent budget, and what failed in a row.

        `anew`: it was configured anew, and is tried at once though it failed before.
        """
        self.channel, self._desk, self._anew = channel, desk, anew
        self.breaker = Breaker()
        self._unsettled: list[Settled] = []
        self._owed: list[Notice] = []
        self._budget: Budget | None = None
        self._persons: dict[str, Budget] = {}
        self._stop, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"notify-{channel.name}", daemon=True)
        self.outcomes: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
        self.last_failure: str | None = None
        self.refusals = 0
        """How many messages were refused in a row: nothing was sent between them."""

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Stop after the message in hand."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)
        self.channel.close()

    def alive(self) -> bool:
        """Return whether the thread runs."""
        return self._thread.is_alive()

    def trouble(self) -> str | None:
        """Return why the channel carries nothing: it is away, or refuses what it is given; None when it works."""
        if self.breaker.failures < FAILURES and self.refusals < REFUSALS:
            return None
        return self.last_failure or "does not answer"

    def wake(self) -> None:
        """Look at once whether something is due. May be called from any thread."""
        self._wake.set()

    def _run(self) -> None:
        away = Outage()
        while not self._stop.is_set():
            try:
                busy = self.step()
                if (seconds := away.back(time.monotonic())) is not None:
                    logger.info("notify_goes_on", extra={"channel": self.channel.name, "after_s": round(seconds, 1)})
            except Unavailable as error:
                if away.away(time.monotonic()):
                    logger.warning("notify_waits", extra={"channel": self.channel.name, "reason": str(error)})
                busy = False
            except Exception:
                logger.exception("notify_lane_died", extra={"channel": self.channel.name})
                raise
            if not busy:
                self._wake.wait(self._desk.idle_s)
                self._wake.clear()

    # -- one round ----------------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Tell what is due and allowed; return whether anything was told. Raises `Unavailable`."""
        self._record()
        now = self._desk.wall()
        budget = self._budgets(now)  # first of all: it recalls how the channel was
        if self.breaker.wait(now) or budget.wait(now):
            return False
        limits = self.channel.limits
        due = self._desk.outbox.due(self.channel.name, now, _AT_ONCE, digests=limits.digests)
        room = 1 if self.breaker.trying else budget.room(now)
        found = parcels(due, room, personal=self.channel.personal is not None, digests=limits.digests)
        for parcel in found:
            if self._stop.is_set() or self.breaker.wait(self._desk.wall()):
                break
            self._tell(parcel)
            self._record()
        return bool(found)

    def _tell(self, parcel: Parcel) -> None:
        name = self.channel.name
        said: dict[str, str | int] = {
            **_SPAN,
            "messaging.destination.name": name,
            "messaging.batch.message_count": len(parcel.posted),
        }
        with tracer.start_as_current_span(f"send {name}", kind=SpanKind.PRODUCER, attributes=said, **CALM) as span:
            result = self._told(parcel)
            if result.outcome is not Outcome.SENT:
                span.set_status(StatusCode.ERROR)
                span.set_attribute("error.type", result.outcome.value)

    def _told(self, parcel: Parcel) -> Result:
        now = self._desk.wall()
        person, addresses = self._reach(parcel.posted)
        if self.channel.personal is not None and not addresses:
            result = Result(Outcome.REFUSED, NO_ADDRESS, "the person has no address of the kind that it needs")
        elif (wait := self._persons_wait(person, now)) > timedelta(0):
            result = _held_back(wait)
        else:
            message = self._message(parcel, person, addresses)
            self._count(person, now)
            result = self.channel.send(message)
            self._saw(result.outcome, self._desk.wall())
            self._pause(result, now)
        self._note(parcel, result)
        return result

    def _saw(self, outcome: Outcome, at: datetime) -> None:
        """Learn from what the vendor did."""
        self.breaker.saw(outcome, at)
        if outcome is Outcome.SENT:
            self.refusals = 0
        elif outcome is Outcome.REFUSED:
            self.refusals += 1

    def _recall(self) -> None:
        """Learn from what the vendor did before this process began, as the outbox has it with its notices."""
        for attempt in reversed(self._desk.outbox.tried(self.channel.name, _REMEMBERED)):
            if attempt.code not in UNASKED:
                self._saw(attempt.outcome, attempt.at)
                if attempt.outcome is not Outcome.SENT:
                    self.last_failure = f"{attempt.outcome} {attempt.code}".strip()
        if self._anew:
            self.breaker.open_until = None

    def _pause(self, result: Result, now: datetime) -> None:
        """Leave a vendor alone that said "too fast"; a person who did not answer keeps nobody else waiting."""
        if result.outcome is Outcome.LIMITED and result.wait is not None and self.channel.personal is None:
            self.breaker.open_until = now + timedelta(seconds=result.wait)

    def _note(self, parcel: Parcel, result: Result) -> None:
        desk, now, first = self._desk, self._desk.wall(), parcel.posted[0].id
        self.outcomes[result.outcome] += 1
        if result.outcome is not Outcome.SENT:
            self.last_failure = f"{result.outcome} {result.code}".strip()
            told = {"channel": self.channel.name, "outcome": result.outcome.value, "code": result.code}
            logger.warning("notice_not_sent", extra={**told, "notices": len(parcel.posted), "detail": result.detail})
        for posted in parcel.posted:
            follows = settled(posted, first, result, now, self.channel.limits, desk.policy, desk.draw)
            self._unsettled.append(follows)
            if follows.state is NoticeState.DEAD:
                logger.error("notice_dead", extra={"channel": self.channel.name, "notice": posted.id})
                self._owed += desk.undelivered.follow(posted, result)

    def _record(self) -> None:
        """Record what was told, and post what follows from a dead letter, before anything else is told."""
        if self._owed:
            self._desk.outbox.post(self._owed, self._desk.wall())
            self._owed.clear()
        if self._unsettled:
            self._desk.outbox.settle(self._unsettled)
            self._unsettled.clear()

    # -- whom ---------------------------------------------------------------------------------------------------

    def _reach(self, posted: Sequence[Posted]) -> tuple[Person | None, tuple[str, ...]]:
        """Return the first person told, and the addresses of all."""
        kind = self.channel.personal or self.channel.mentions
        ids = dict.fromkeys(p.notice.person for p in posted if p.notice.person is not None)
        people = [person for ident in ids if (person := self._desk.person(ident)) is not None]
        return people[0] if people else None, _addresses(people, kind)

    def _message(self, parcel: Parcel, person: Person | None, addresses: Sequence[str]) -> Message:
        language = person.language if person is not None else "zh"
        links, personal = self._desk.links, self.channel.personal is not None
        link = "" if links is None else links.of(parcel.posted, self._desk.wall(), personal=personal)
        return self._desk.texts.message([p.notice for p in parcel.posted], language, addresses, link)

    # -- budgets ------------------------------------------------------------------------------------------------

    def _budgets(self, now: datetime) -> Budget:
        if self._budget is None:
            limits = self.channel.limits
            longest = max((w.seconds for w in (*limits.windows, *limits.per_person)), default=0.0)
            sent = self._desk.outbox.recent(self.channel.name, now - timedelta(seconds=longest))
            self._recall()
            self._budget = Budget(limits.windows, [at for at, _ in sent])
            for person in {p for _, p in sent if p is not None}:
                self._persons[person] = Budget(limits.per_person, [at for at, p in sent if p == person])
        return self._budget

    def _persons_wait(self, person: Person | None, now: datetime) -> timedelta:
        if person is None or self.channel.personal is None:
            return timedelta(0)
        return self._of(person).wait(now)

    def _of(self, person: Person) -> Budget:
        return self._persons.setdefault(person.id, Budget(self.channel.limits.per_person))

    def _count(self, person: Person | None, now: datetime) -> None:
        self._budgets(now).take(now)
        if person is not None and self.channel.personal is not None:
            self._of(person).take(now)


def _addresses(people: Sequence[Person], kind: ContactKind | None) -> tuple[str, ...]:
    if kind is None:
        return ()
    return tuple(person.contacts[kind] for person in people if kind in person.contacts)


def _held_back(wait: timedelta) -> Result:
    seconds = wait.total_seconds()
    if wait <= _SOON:
        return Result(Outcome.LIMITED, PERSON_LIMIT, "told this person a moment ago", seconds)
    return Result(Outcome.REFUSED, PERSON_LIMIT, f"this person's limit is used up for {seconds:.0f} s")
