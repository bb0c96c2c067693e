"""The way in, made from the settings: broker and door to the journal, and what carries the journal to the stores."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from app.arrivals import CONSUMER as ARRIVALS_CONSUMER
from app.engine import CONSUMER as ENGINE_CONSUMER
from app.health import PartsHealth
from app.lifecycle import Part
from app.metrics import IntakeCollector
from app.past import ARCHIVE_CONSUMER, ReadingBooks, open_books
from app.past_view import STORE_CONSUMER
from app.settings import Settings
from app.stores import decode_limits, mqtt_options, replayer_options, sender_allowance
from domain.ports import Clock, TelemetryStore
from domain.register import Register
from ingest.accounting import Ledger
from ingest.budget import Budget
from ingest.client import MqttSource
from ingest.decode import Decoder
from ingest.door import Door
from ingest.feed import DecodedFeed
from ingest.inbox import Inbox
from ingest.journal.sqlite import SqliteJournal
from ingest.replayer import Replayer
from ingest.store_writer import StoreWriter, StoreWriterOptions
from ingest.writer import JournalWriter
from store.operational.facade import OperationalStore

STOP_S = 20


def nothing() -> None:
    """Open already, or there already: a part that only has to be closed."""


_SESSION = "mqtt-session.json"


def consumers(settings: Settings) -> tuple[str, ...]:
    """Return who must have passed a file of the journal before it goes."""
    always = (STORE_CONSUMER, ENGINE_CONSUMER, ARRIVALS_CONSUMER)
    return (*always, ARCHIVE_CONSUMER) if settings.archive.enabled else always


@dataclass(frozen=True, slots=True)
class IntakeSigns:
    """What the watch over the service wants to know of the way in."""

    broker: str | None
    """Why the broker is not connected."""
    received: int
    """Deliveries ever received."""
    journal: str | None
    """Why the journal cannot be written."""
    journal_share: float
    """Bytes kept, of those allowed."""
    store: str | None
    """Why readings wait."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything between the doors and the stores; nothing runs before its parts are started."""

    ledger: Ledger
    journal: SqliteJournal
    feed: DecodedFeed
    decoder: Decoder
    writer: JournalWriter
    source: MqttSource
    door: Door
    store_writer: StoreWriter
    replayer: Replayer
    books: ReadingBooks
    consumers: tuple[str, ...]

    def consuming(self) -> list[Part]:
        """Return what carries the journal on."""
        writer = self.store_writer
        return [
            Part("store-writer", "journal to telemetry", writer.start, lambda: writer.stop(STOP_S)),
            *self.books.parts(),
        ]

    def taking(self) -> list[Part]:
        """Return what writes the journal."""
        return [
            Part("journal-writer", "deliveries to journal", self.writer.start, lambda: self.writer.stop(STOP_S)),
            Part("quarantine", "replays and expiry", self.replayer.start, lambda: self.replayer.stop(STOP_S)),
        ]

    def listening(self, settings: Settings) -> Part:
        """Return the door to the broker: started last, so that nothing comes in before it can be kept."""
        where = f"mqtt://{settings.mqtt.host}:{settings.mqtt.port}"
        return Part("mqtt", where, self.source.start, lambda: self.source.stop(STOP_S))

    def watch(self, health: PartsHealth) -> None:
        """Have threads and doors looked after.

        A telemetry store that is away does not make the service unready: readings wait in the journal, live goes on.
        """
        health.thread("journal-writer", self.writer.alive)
        health.thread("store-writer", self.store_writer.alive)
        health.thread("quarantine", self.replayer.alive)
        self.books.watch(health)
        health.thread("mqtt-supervisor", self.source.alive)
        health.check("journal", lambda: self.writer.failure)
        health.check("mqtt", lambda: self.signs().broker)

    def signs(self) -> IntakeSigns:
        """Return how it is; the broker's failure is None when it is connected."""
        status = self.source.status()
        return IntakeSigns(
            broker=None if status.connected else status.error or "not connected yet",
            received=self.ledger.snapshot()["deliveries"]["received"],
            journal=self.writer.failure,
            journal_share=self.journal.bytes_kept / self.journal.bytes_cap,
            store=self.store_writer.failure,
        )

    def collector(self) -> IntakeCollector:
        """Return its metrics."""
        return IntakeCollector(
            self.ledger,
            self.journal,
            self.consumers,
            lambda: asdict(self.source.status()),
            lambda: self.store_writer.failure,
        )


def open_intake(
    settings: Settings,
    clock: Clock,
    register: Callable[[], Register],
    stores: tuple[OperationalStore, TelemetryStore],
    await_register: Callable[[], None] = nothing,
) -> Intake:
    """Open the journal and wire the parts; `register` returns the register in use, once `await_register` has returned.

    Raises:
        ConfigError: a secret cannot be read, or the journal is in use by another process or damaged.
    """
    names = consumers(settings)
    operational, telemetry = stores
    folder = settings.under_data(settings.journal.folder)
    journal = SqliteJournal(folder, names, settings.journal.cap_bytes, settings.journal.roll_bytes)
    ledger = Ledger(clock.now())
    budget = Budget(lambda sender: register().kind_of(sender) is not None, sender_allowance(settings))
    decoder = Decoder(register, decode_limits(settings), budget.spent)
    feed = DecodedFeed(journal, decoder, await_register)
    inbox = Inbox(ledger, room=settings.mqtt.receive_maximum + 1000)
    sinks = (telemetry, operational.quarantine)
    storing = StoreWriterOptions(append_readings=settings.telemetry.batch_readings)
    return Intake(
        ledger=ledger,
        journal=journal,
        feed=feed,
        decoder=decoder,
        writer=JournalWriter(inbox, journal, ledger),
        source=MqttSource(mqtt_options(settings), inbox, ledger, clock, settings.data_dir / _SESSION),
        door=Door(inbox, decoder, clock),
        store_writer=StoreWriter(journal, feed, sinks, ledger, budget, storing),
        replayer=Replayer(operational.quarantine, journal, inbox, clock, replayer_options(settings)),
        books=open_books(settings, clock, (journal, feed), register, telemetry),
        consumers=names,
    )
