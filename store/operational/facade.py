"""The operational database as one thing to open and close."""

from domain.errors import Unavailable
from store.operational.ack_links import SqlLinkStore
from store.operational.alert_mutes import SqlMuteStore
from store.operational.alerts import SqlAlertStore
from store.operational.audit import AuditLog
from store.operational.duty import SqlDutyStore
from store.operational.engine import Database, connect, migrate
from store.operational.events import KEEP, SqlEventLog
from store.operational.history import SqlMeasureStore
from store.operational.incidents import SqlIncidentStore
from store.operational.keys import SqlKeyStore
from store.operational.lighting import SqlLightingStore
from store.operational.once import SqlOnce
from store.operational.outbox import SqlOutbox
from store.operational.quarantine import SqlQuarantineStore
from store.operational.register import SqlRegisterStore


class OperationalStore:
    """Register, lighting, events, history, keys, duty, notices, audit in one database. Safe from many threads."""

    def __init__(self, url: str, keep_events: int = KEEP) -> None:
        """Open the database at `url` and bring its tables to the newest form.

        Raises:
            ConfigError: the URL is none of SQLite or PostgreSQL, or a newer release has been at work on the database.
            StoreUnavailable: the database is away.
        """
        self._database = Database(connect(url))
        try:
            migrate(self._database)
        except BaseException:
            self._database.close()
            raise
        self.register = SqlRegisterStore(self._database)
        self.lighting = SqlLightingStore(self._database)
        self.quarantine = SqlQuarantineStore(self._database)
        self.events = SqlEventLog(self._database, keep_events)
        self.measures = SqlMeasureStore(self._database, keep_events)
        self.keys = SqlKeyStore(self._database)
        self.audit = AuditLog(self._database)
        self.duty = SqlDutyStore(self._database)
        self.outbox = SqlOutbox(self._database)
        self.once = SqlOnce(self._database)
        self.alerts = SqlAlertStore(self._database, keep_events)
        self.mutes = SqlMuteStore(self._database)
        self.links = SqlLinkStore(self._database)
        self.incidents = SqlIncidentStore(self._database, keep_events)

    def healthy(self) -> bool:
        """Return whether the database answers now; never raises."""
        try:
            self.register.version()
        except Unavailable:
            return False
        return True

    def close(self) -> None:
        """Let go of all connections; idempotent."""
        self._database.close()
