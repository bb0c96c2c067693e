"""What the inside asks of the outside. Adapters implement these; only `app` knows which one is in use.

Every port call may block on I/O. `StoreUnavailable` means that nothing was changed and the call may be repeated.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol

from domain.arrivals import ArrivalTotals, DeviceLedger, FeedDay
from domain.bundle import Bundle
from domain.delivery import Delivery, Journaled, Reason
from domain.device import Device, DeviceVersion
from domain.duty import DutyOverride, Handover, Roster, Swap, SwapState
from domain.explanation import Explanation
from domain.history import HistoryQuery, Mark, Published, Revised
from domain.incident import Card, Category, Incident, Origin, OwedNotice, Step
from domain.incident_actions import Action
from domain.incident_offers import Offers
from domain.lighting import LightingPlan, Override, Timetable
from domain.measure import Assessment, Measure, Target
from domain.notice import Attempt, Notice, NoticeFilter, NoticeState, Posted, Settled
from domain.period import PeriodKind
from domain.quarantine import Books, Expiry, Intended, Replay, ReplayWish, Settlement, Trial
from domain.reading import Appended, Reading, ReadingKey
from domain.record import ApiKey, KeptAnswer, LoggedEvent, NewEvent, QuarantineEntry, QuarantineFilter, QuarantineItem
from domain.register import Register
from domain.retention import Resolution, Summary, SummaryRows
from domain.scope import Scope


class Clock(Protocol):
    """The city clock: event time of the domain; may be simulated and run faster than the wall."""

    def now(self) -> datetime:
        """Return the present instant of the city, aware, in UTC."""
        ...


# -- the journal ------------------------------------------------------------------------------------------------


class ReadableJournal(Protocol):
    """What a consumer sees of the journal: deliveries with offsets 0, 1, 2 … and the offsets of the consumers."""

    def read(self, offset: int, limit: int) -> Sequence[Journaled]:
        """Return up to `limit` deliveries from `offset` on, in order; empty when there is none yet."""
        ...

    def bundles(self, offset: int, limit: int) -> Sequence[tuple[int, Bundle]]:
        """Return bundles with the offsets of their first deliveries, from the one that holds `offset` on.

        As many as have `limit` deliveries from `offset` on, or as there are.
        """
        ...

    def wait(self, offset: int, timeout: float) -> bool:
        """Block until the journal holds `offset`, at most `timeout` seconds; return whether it does."""
        ...

    @property
    def end(self) -> int:
        """The offset that the next delivery will get."""
        ...

    def committed(self, consumer: str) -> int:
        """Return the offset that `consumer` will read next; a new consumer starts at the oldest kept."""
        ...

    def commit(self, consumer: str, offset: int) -> None:
        """Record durably that `consumer` is done with everything before `offset`; passed files may go."""
        ...

    @property
    def bytes_kept(self) -> int:
        """The size of the journal on disk."""
        ...

    @property
    def bytes_cap(self) -> int:
        """The size at which `append` refuses."""
        ...


class Journal(ReadableJournal, Protocol):
    """An append-only, durable sequence of deliveries. One process appends; others of the machine may read."""

    def append(self, deliveries: Sequence[Delivery]) -> int:
        """Keep the deliveries in one fsynced commit and return the offset of the first.

        Raises:
            JournalFull: at the cap, or the disk failed; nothing was kept.
        """
        ...


# -- telemetry --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """Which readings of a device: `start` inclusive, `end` exclusive (aware, UTC), oldest first, at most `limit`."""

    start: datetime
    end: datetime
    limit: int


class TelemetryStore(Protocol):
    """Keeps every reading once. Identity (device, instant) is enforced here, alike by every implementation.

    All methods raise `StoreUnavailable` when the store is away; then nothing was changed, or what was changed is
    found as a duplicate when the same call is repeated.
    """

    def append(self, readings: Sequence[Reading]) -> Sequence[Appended]:
        """Store what is new; return one outcome per reading, in order. Safe to repeat.

        Two readings of one call with the same identity are judged in order, as if offered one after the other.
        """
        ...

    def begin(self, readings: Sequence[Reading]) -> Callable[[], Sequence[Appended]]:
        """Begin to `append`; what is returned is called once, in order, waits for the end and answers as `append` does.

        So the next readings can be prepared while these are written. What fails is to be offered to `append`.
        """
        done = self.append(readings)
        return lambda: done

    def readings(self, device: str, kind: str, page: Page) -> Sequence[Reading]:
        """Return a device's readings, oldest first."""
        ...

    def window(self, kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        """Yield all readings of a kind with start ≤ at < end, in any order. For recomputation of an instant."""
        ...

    def superseded(self, device: str, kind: str, at: datetime) -> Sequence[Reading]:
        """Return what revisions replaced at this identity, lowest revision first."""
        ...

    def find(self, keys: Collection[ReadingKey], kind: str) -> Mapping[ReadingKey, Reading]:
        """Return the stored readings among `keys`."""
        ...

    @property
    def summaries(self) -> "SummaryStore":
        """What is kept of readings by the hour and by the day, and what lets go of what is too old."""
        ...

    def healthy(self) -> bool:
        """Return whether the store answers now; never raises."""
        ...

    def close(self) -> None:
        """Let go of connections and files; idempotent."""
        ...


class SummaryStore(Protocol):
    """Summaries of readings in the telemetry store. One thread writes and removes; raises `StoreUnavailable`.

    RAW stands for the readings themselves, with what revisions replaced: they are looked for and removed here too.
    """

    def put(self, kind: str, every: Resolution, start: datetime, rows: SummaryRows) -> None:
        """Keep summaries of one period, in place of those that these devices had for it. Safe to repeat."""
        ...

    def of_device(self, device: str, kind: str, every: Resolution, page: Page) -> Sequence[Summary]:
        """Return a device's summaries whose periods begin in the page, oldest first."""
        ...

    def held(self, kind: str, every: Resolution, before: datetime) -> Mapping[date, int]:
        """Return how many readings or summaries lie before an instant, by day (UTC); days with none are left out."""
        ...

    def remove(self, kind: str, every: Resolution, day: date) -> None:
        """Remove the readings or summaries of a day (UTC). Safe to repeat."""
        ...


class Archive(Protocol):
    """Decoded readings by kind and day, for computing any past period again. Reading takes each identity once."""

    def gather(self, rows: Sequence[tuple[int, int, Reading]]) -> int:
        """Hold readings (with offset and position in the journal) until `write`; return how many fit no archive."""
        ...

    def write(self) -> None:
        """Keep durably what was gathered.

        Raises:
            StoreUnavailable: the disk is full or fails; the call may be repeated.
        """
        ...

    def tidy(self, now: datetime, keep: timedelta | None = None) -> int:
        """Join small files and drop days older than `keep`; return how many files were made."""
        ...

    def window(self, kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        """Yield the readings of a kind with start ≤ at < end. Raises `StoreUnavailable`."""
        ...

    def complete(self, through: datetime) -> None:
        """Note that every reading that arrived until then is archived. Raises `StoreUnavailable`."""
        ...

    def through(self) -> datetime | None:
        """Return until when every reading that arrived is archived; None before the first."""
        ...

    def days(self, kind: str) -> Sequence[date]:
        """Return the days (UTC) that have readings of a kind, in order."""
        ...


# -- operational data -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """A wish to record: the device is like this from `valid_from` until `valid_to` (None = until further notice)."""

    device: Device
    valid_from: datetime
    valid_to: datetime | None = None


class RegisterStore(Protocol):
    """The register in the operational database, with valid and recorded time. Nothing is ever overwritten."""

    def load(self, known_at: datetime | None = None) -> Register:
        """Return the register as believed now, or as it was believed at `known_at`."""
        ...

    def record(self, changes: Sequence[DeviceChange], author: str, now: datetime) -> Register:
        """Record changes in one transaction and return the register as believed afterwards.

        What overlaps in valid time is cut: old versions get `recorded_to`, their remaining parts are recorded anew.

        Raises:
            Conflict: a change would alter the kind of a device, or ends before it begins.
        """
        ...

    def history(self, device_id: str) -> Sequence[DeviceVersion]:
        """Return every version ever recorded for a device, in the order of recording."""
        ...

    def version(self) -> int:
        """Return the version number of the register; grows with each `record`."""
        ...


class LightingStore(Protocol):
    """Timetables and overrides in the operational database."""

    def load(self) -> LightingPlan:
        """Return what is believed today."""
        ...

    def put_timetable(self, timetable: Timetable, author: str, now: datetime) -> LightingPlan:
        """Record a timetable; one with the same id is superseded and its record kept."""
        ...

    def add_override(self, override: Override) -> LightingPlan:
        """Record an override. Raises `Conflict` when its id is taken or it ends before it starts."""
        ...

    def withdraw_override(self, override_id: str, author: str, now: datetime) -> LightingPlan:
        """Mark an override as no longer believed. Raises `NotFound`."""
        ...

    def overrides(self, *, withdrawn: bool) -> Sequence[Override]:
        """Return the overrides, newest first, optionally with those withdrawn."""
        ...


class QuarantineSink(Protocol):
    """What the store writer needs of the quarantine."""

    def add(self, entries: Sequence[tuple[Journaled, Sequence[QuarantineItem]]]) -> None:
        """Keep the items of deliveries. Repeating the same (offset, index) changes nothing."""
        ...

    def settle(self, results: Sequence[Settlement], now: datetime) -> None:
        """Mark what came of replays. Repeating it changes nothing."""
        ...


class QuarantineStore(QuarantineSink, Protocol):
    """Keeps what could not be accepted, with the original bytes."""

    def list(self, wanted: QuarantineFilter) -> Sequence[QuarantineEntry]:
        """Return entries in the order of their ids."""
        ...

    def get(self, entry_id: int) -> QuarantineEntry:
        """Return one entry. Raises `NotFound`."""
        ...

    def counts(self) -> Mapping[Reason, int]:
        """Return how many entries wait or are being replayed, for every reason (zero included)."""
        ...

    def by_device(self, limit: int) -> Sequence[tuple[str | None, Reason, int]]:
        """Return (device, reason, entries) of what waits, most first; the device is None where none can be told."""
        ...

    def books(self) -> Books:
        """Return the accounting of the quarantine."""
        ...

    def intend(self, wish: ReplayWish, author: str, now: datetime) -> Replay:
        """Take up the entries that wait and agree, record the replay and its author, in one transaction."""
        ...

    def replay(self, replay_id: int) -> Replay:
        """Return a replay. Raises `NotFound`."""
        ...

    def replays(self, before: int | None = None, limit: int = 100) -> Sequence[Replay]:
        """Return replays, newest first; `before` is the id of the last one already seen."""
        ...

    def intended(self, limit: int) -> Sequence[Intended]:
        """Return deliveries of replays that are not in the journal yet, oldest first."""
        ...

    def appended(self, done: Sequence[tuple[Intended, int]]) -> None:
        """Note the offsets at which deliveries of replays are in the journal."""
        ...

    def reclaim(self, settled: int, end: int) -> int:
        """Let deliveries go into the journal anew whose offset it passed (below `settled`) or never had (from `end`).

        For a start after the journal was lost; return how many entries that are.
        """
        ...

    def expire(self, policy: Expiry) -> Mapping[Reason, int]:
        """Let go of what the policy no longer keeps, and return how many entries that waited went, by reason.

        What is being replayed stays.
        """
        ...


class Replays(Protocol):
    """Replaying the quarantine, for people."""

    def begin(self, wish: ReplayWish, author: str) -> Replay:
        """Record a replay; it is carried out soon by the process that takes deliveries in."""
        ...

    def trial(self, wish: ReplayWish) -> Trial:
        """Return what a replay would do now; looks at no more than 10,000 entries."""
        ...


class ArrivalLedger(Protocol):
    """What was expected of each device and feed, and what came."""

    def device(self, device_id: str, now: datetime) -> DeviceLedger:
        """Return the books of a device. Raises `NotFound` when it was never registered."""
        ...

    def feeds(self, day: date, now: datetime) -> Sequence[FeedDay]:
        """Return the completeness of every feed on a local day, by kind and district; empty for a day to come."""
        ...

    def totals(self) -> ArrivalTotals:
        """Return sums over all devices."""
        ...


class DutyStore(Protocol):
    """The duty roster in the operational database, every version with its recorded time."""

    def load(self, known_at: datetime | None = None) -> Roster:
        """Return the roster as believed now, or as it was believed at `known_at`. Empty when none was recorded."""
        ...

    def version(self) -> int:
        """Return the version of the roster; grows with every recorded change."""
        ...

    def put(self, roster: Roster, author: str, now: datetime, based_on: int | None = None) -> Roster:
        """Record people, shifts, rotations and table in place of those believed; overrides and swaps stay.

        Raises `Conflict` when `based_on` is given and is no longer the version.
        """
        ...

    def add_override(self, override: DutyOverride) -> Roster:
        """Record an override. Raises `Conflict` when its id is taken or it ends before it starts."""
        ...

    def withdraw_override(self, override_id: str, author: str, now: datetime) -> Roster:
        """Mark an override as no longer believed. Raises `NotFound`."""
        ...

    def request_swap(self, swap: Swap) -> Roster:
        """Record a wish to swap. Raises `Conflict` when its id is taken."""
        ...

    def decide_swap(self, swap_id: str, state: SwapState, decided_by: str, author: str, now: datetime) -> Swap:
        """Approve, refuse or withdraw a swap. Raises `NotFound`; `Conflict` when it was decided before."""
        ...

    def hand_over(self, handover: Handover) -> None:
        """Add to the duty log. Raises `Conflict` when the id is taken."""
        ...

    def handovers(self, limit: int = 100, before: datetime | None = None) -> Sequence[Handover]:
        """Return hand-overs, newest first."""
        ...


class Outbox(Protocol):
    """What must be told, at least once. Instants are of the wall clock. A key is taken once."""

    def post(self, notices: Sequence[Notice], now: datetime) -> int:
        """Add notices and return how many were new; the engine posts in the transaction of its tick instead."""
        ...

    def due(self, channel: str, now: datetime, limit: int, *, digests: bool = True) -> Sequence[Posted]:
        """Return what waits for a channel and is due, oldest first, and with it what may be told along with it.

        A channel without `digests` gets at once what others would be told later.
        """
        ...

    def recent(self, channel: str, since: datetime) -> Sequence[tuple[datetime, str | None]]:
        """Return when a channel was asked to tell somebody since an instant, and whom; one message, one row each."""
        ...

    def tried(self, channel: str, limit: int) -> Sequence[Attempt]:
        """Return the newest attempts of a channel, at most `limit`, newest first; one message, one attempt."""
        ...

    def settle(self, settled: Sequence[Settled]) -> None:
        """Record attempts and what follows from them."""
        ...

    def get(self, notice_id: int) -> tuple[Posted, Sequence[Attempt]]:
        """Return a notice with all its attempts. Raises `NotFound`."""
        ...

    def list(self, wanted: NoticeFilter) -> Sequence[Posted]:
        """Return notices in the order of their ids."""
        ...

    def counts(self) -> Mapping[tuple[str, NoticeState], int]:
        """Return how many notices are kept by channel and state."""
        ...

    def resend(self, notice_id: int, author: str, now: datetime) -> Posted:
        """Let a dead letter be tried again. Raises `NotFound`; `Conflict` when it is no dead letter."""
        ...

    def forget(self, before: datetime, state: NoticeState) -> int:
        """Forget the notices that were done before an instant, sent or dead; return how many."""
        ...


class OnceStore(Protocol):
    """Requests that may be repeated: a key of a caller (Idempotency-Key) is taken up once."""

    def begin(self, caller: str, key: str, digest: str, now: datetime) -> KeptAnswer | None:
        """Take up a request; return None when it is new, else what was answered.

        Raises:
            Conflict: the key stands for another request, or the first one is not answered yet.
            TooMany: the caller has used too many keys within a day.
        """
        ...

    def answer(self, caller: str, key: str, answer: KeptAnswer) -> None:
        """Keep the answer."""
        ...

    def release(self, caller: str, key: str) -> None:
        """Forget a request that failed, so that it can be tried again."""
        ...


class EventLog(Protocol):
    """The log of what changed. Its ids are SSE's Last-Event-ID; it is kept for a bounded number of events."""

    def commit(self, events: Sequence[NewEvent], ticked_through: datetime | None = None) -> Sequence[LoggedEvent]:
        """Log events and, in the same transaction, through which instant the engine has ticked."""
        ...

    def after(self, event_id: int, limit: int) -> Sequence[LoggedEvent]:
        """Return events with ids above `event_id`, in order."""
        ...

    def bounds(self) -> tuple[int, int]:
        """Return (oldest id kept, newest id); (0, 0) when the log is empty."""
        ...

    def ticked_through(self) -> datetime | None:
        """Return the instant through which the engine has ticked, or None before the first tick."""
        ...


class MeasureStore(Protocol):
    """The history: measures of closed periods with every revision, and marks of what is to be looked at again."""

    def publish(self, found: Sequence[Published], now: datetime) -> int:
        """Write down what is not there yet, as revision 0; return how much that was. Repeating changes nothing."""
        ...

    def revise(
        self, found: Sequence[Published], now: datetime, tell: Callable[[Sequence[Revised]], Sequence[NewEvent]]
    ) -> Sequence[Revised]:
        """Write down what differs from the newest revision; return it, and log what `tell` says in the same commit."""
        ...

    def history(self, asked: HistoryQuery) -> Sequence[Published]:
        """Return the newest revision of each period asked for, in the order of the periods."""
        ...

    def revisions(self, asked: HistoryQuery) -> Sequence[Published]:
        """Return every revision of the periods that have more than one, by period, oldest first.

        `limit` counts revisions; a period is never cut, so a little more may come.
        """
        ...

    def of_periods(self, indicator: str, every: PeriodKind, first: datetime, last: datetime) -> Sequence[Published]:
        """Return the newest revisions of all scopes for the periods that start in [first, last]."""
        ...

    def instants(self, indicator: str, every: PeriodKind, first: datetime, last: datetime) -> Sequence[datetime]:
        """Return the instants in [first, last] as of which something was published, in order."""
        ...

    def prune(self, before: datetime | None, rows: int) -> int:
        """Forget periods that ended before an instant, and the oldest records beyond `rows`; return how many."""
        ...

    def mark(self, marks: Sequence[Mark]) -> None:
        """Remember durably what may have changed closed periods. At the bound, marks of a kind are joined."""
        ...

    def marks(self, limit: int) -> Mapping[int, Mark]:
        """Return the oldest marks by id."""
        ...

    def unmark(self, ids: Iterable[int]) -> None:
        """Forget marks: what they touch has been looked at again."""
        ...

    def waiting(self) -> int:
        """Return how many marks wait."""
        ...


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which case files to list, newest first. `before` is the number of the last one already seen."""

    open: bool | None = None
    category: str | None = None
    alert: str | None = None
    before: int | None = None
    limit: int = 100
    origin: Origin | None = None
    ticket: str | None = None


class IncidentStore(Protocol):
    """Case files in the operational database; every change with its step, event and audit record in one transaction."""

    def open(self, case: Incident, day: str) -> Incident:
        """Keep a new case file and give it its id. Raises `Conflict` when its alert or ticket has one already."""
        ...

    def change(self, case_id: str, step: Step, work: Callable[[Incident], Incident]) -> Incident:
        """Replace a case file by what `work` makes of its newest version. Raises `NotFound`, and what `work` raises."""
        ...

    def get(self, case_id: str) -> Incident:
        """Return a case file. Raises `NotFound`."""
        ...

    def list(self, wanted: IncidentFilter) -> Sequence[Incident]:
        """Return case files, newest first."""
        ...

    def closed(self, first: datetime, last: datetime) -> Sequence[Incident]:
        """Return the case files that were closed in [first, last), in the order of closing."""
        ...

    def owed(self) -> Sequence[OwedNotice]:
        """Return the warnings that were issued or lifted and are not in the journal yet, oldest first."""
        ...

    def paid(self, owed: OwedNotice) -> None:
        """Forget one that is in the journal now."""
        ...

    def owing(self) -> Sequence[tuple[Incident, datetime | None]]:
        """Return the emergencies with a report still to be made, and up to when their deadlines were told."""
        ...

    def remind(self, case_id: str, through: datetime, notices: Sequence[Notice], wall: datetime) -> None:
        """Post what deadlines up to `through` (city time) have told, in one transaction; `wall`: the outbox's clock."""
        ...

    def history(self, case_id: str) -> Sequence[Step]:
        """Return who did what when, oldest first."""
        ...

    def untold(self, limit: int) -> Sequence[Incident]:
        """Return case files that changed since they were last told (`tell`), oldest first."""
        ...

    def tell(self, case_id: str, version: int) -> None:
        """Note that a version was told; nothing happens when there is a newer one by now."""
        ...


class Incidents(Protocol):
    """What people do with case files. Errors are `NotFound`, and `Conflict` for what may not be done now."""

    def list(self, wanted: IncidentFilter) -> Sequence[Incident]:
        """Return case files, newest first."""
        ...

    def get(self, case_id: str) -> Incident:
        """Return a case file."""
        ...

    def history(self, case_id: str) -> Sequence[Step]:
        """Return who did what when, oldest first."""
        ...

    def categories(self) -> Sequence[Category]:
        """Return the kinds of incident with their time limits."""
        ...

    def cards(self, case: Incident) -> Sequence[Card]:
        """Return how each part of a case file stands against its time limit now."""
        ...

    def open(self, wish: Incident) -> Incident:
        """Open a case file."""
        ...

    def offers(self, text: str, lon: float | None, lat: float | None) -> Offers:
        """Return what a call may be about, among open case files and alerts near its place (WGS-84)."""
        ...

    def issue_warning(self, level: str, basis: str, author: str) -> Incident:
        """Open the case file of a heavy-pollution level that a person issues, with its checklist."""
        ...

    def act(self, case_id: str, action: Action, author: str, check: Callable[[Incident], None]) -> Incident:
        """Do something with a case file; `check` is given the newest version and may refuse it."""
        ...


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A report as a file. `policy` is the Content-Security-Policy that it may be shown under."""

    name: str
    media_type: str
    content: bytes
    policy: str


class Reports(Protocol):
    """Reports of closed periods in four forms, from what was published."""

    def render(
        self, kind: str, day: date | None, form: str, lang: Literal["zh", "en"], now: datetime
    ) -> RenderedReport:
        """Return the report of the closed period that the local date lies in; by default the last one.

        Raises:
            ValueError: the period is not over.
        """
        ...

    def titles(self) -> Mapping[str, tuple[str, str]]:
        """Return the titles of the reports by kind, in Chinese and English."""
        ...


class KeyStore(Protocol):
    """API keys. Only hashes of secrets are kept."""

    def add(self, key: ApiKey, author: str = "") -> None:
        """Keep a new key; `author` made it. Raises `Conflict` when its id or name is taken."""
        ...

    def by_secret_hash(self, sha256: str) -> ApiKey | None:
        """Return the key whose secret has this SHA-256 (hex), or None."""
        ...

    def list(self) -> Sequence[ApiKey]:
        """Return all keys, revoked ones too."""
        ...

    def revoke(self, key_id: str, now: datetime, author: str = "") -> None:
        """Mark a key as revoked by `author`. Raises `NotFound`."""
        ...


# -- what the API may ask of the running service ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receipt:
    """The durable answer to a delivery offered over HTTP: its offset, and what a first look at it says."""

    offset: int
    readings: int
    quarantined: Sequence[QuarantineItem]


class IngestDoor(Protocol):
    """The way in for those without MQTT: same validation, durability and accounting."""

    def submit(self, topic: str, payload: bytes) -> Receipt:
        """Journal a delivery and return once it is durable.

        Raises:
            JournalFull: nothing was kept.
        """
        ...


class Accounting(Protocol):
    """The accounting identity (invariant 6), as one consistent snapshot."""

    def snapshot(self) -> Mapping[str, Any]:
        """Return counts of deliveries and readings since this process started, plain JSON."""
        ...


@dataclass(frozen=True, slots=True)
class IndicatorInfo:
    """One row of the catalogue of indicators."""

    name: str
    title: str
    title_en: str
    unit: str
    scopes: tuple[str, ...]
    source: str
    """The standard and clause, or the rule it follows."""
    kinds: tuple[str, ...] = ()
    """The sensor kinds whose readings it is made of."""
    kept_every: PeriodKind = PeriodKind.HOUR
    """By which periods its measures are written down for the history."""
    kept_scopes: tuple[str, ...] = ()
    """The kinds of scope whose measures are written down."""


@dataclass(frozen=True, slots=True)
class Signs:
    """One character for each device of a kind that the register of this version knows now, in the order of their ids.

    `l` lit, `d` dark, `b` burning by day, `o` off as scheduled, `f` fresh, `u` unknown, `x` out of service.
    """

    register_version: int
    signs: str
    at: datetime
    """Since when they are so, as far as was asked."""


class LiveView(Protocol):
    """The city's live state, as the engine knows it. Calls are cheap and do not touch a store unless said."""

    def register(self) -> Register:
        """Return the register in use."""
        ...

    def latest(self, device: str) -> Reading | None:
        """Return the newest reading of a device by event time."""
        ...

    def catalogue(self) -> Sequence[IndicatorInfo]:
        """Return every indicator."""
        ...

    def scopes(self, indicator: str) -> Sequence[Scope]:
        """Return the scopes that the indicator has now. Raises `NotFound`."""
        ...

    def measure(self, indicator: str, scope: Scope, at: datetime | None = None) -> Measure:
        """Return a measure now, or at a past instant recomputed from the telemetry store.

        Raises:
            NotFound: no such indicator, or the scope has no device of its kind.
            ValueError: the indicator is not defined for this kind of scope, or `at` lies in the future.
            StoreUnavailable: a past instant was asked for and the store is away.
        """
        ...

    def explain(self, indicator: str, scope: Scope, at: datetime | None = None) -> Explanation:
        """Return what made a measure, now or at a past instant. Raises as `measure` does."""
        ...

    def signs(self, kind: str) -> Signs:
        """Return how every device of a kind stands now, in the order of their ids."""
        ...

    def targets(self) -> Sequence[Target]:
        """Return the targets of the plan."""
        ...

    def assess(self, target: Target) -> Assessment:
        """Hold one target against its measure now."""
        ...

    def gateways(self) -> Mapping[str, bool]:
        """Return the gateways that said online (True) or offline (False)."""
        ...

    def engine_status(self) -> Mapping[str, Any]:
        """Return offset, lag, ticked_through and whether the engine is catching up; plain JSON."""
        ...


class World(Protocol):
    """Changes to what the city is: recorded first, then taken over by the running engine, then told as an event.

    `author` is who asked (the name of the key, or of the user of the command line). Errors are those of the stores.
    """

    def change_devices(self, changes: Sequence[DeviceChange], author: str) -> Register:
        """Record changes of the register."""
        ...

    def put_timetable(self, timetable: Timetable, author: str) -> LightingPlan:
        """Record a lighting timetable."""
        ...

    def add_override(self, override: Override) -> LightingPlan:
        """Record a lighting override."""
        ...

    def withdraw_override(self, override_id: str, author: str) -> LightingPlan:
        """Withdraw a lighting override."""
        ...


class Health(Protocol):
    """How the process is. Cheap; never raises."""

    def failures(self) -> Mapping[str, str]:
        """Return what stops the service from being ready, by part (empty = ready). Liveness looks at `dead()`."""
        ...

    def dead(self) -> Sequence[str]:
        """Return the names of threads that should run and do not (empty = alive)."""
        ...
