"""The incident desk of a service with what looks after it, made from the settings."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from app.case_records import CaseRecords
from app.deadlines import DeadlineWatch
from app.incidents import IncidentDesk, load_plan
from app.notify import Office
from app.schedule import Schedule
from app.settings import Settings
from app.warning_notices import WarningNotices
from domain.alert import Alert
from domain.ports import Clock, IncidentStore, IngestDoor
from domain.register import Register

DEADLINES_S: Final = 1
NOTICES_S: Final = 2


def open_incidents(
    settings: Settings,
    clocks: tuple[Clock, Callable[[], datetime]],
    city: tuple[IncidentStore, Callable[[], Sequence[Alert]], Callable[[], Register], IngestDoor],
    office: Office,
    schedule: Schedule,
) -> IncidentDesk:
    """Make the desk. Warnings and cases go into the journal, deadlines to the people on duty. `clocks`: city and wall.

    Raises:
        ConfigError: the file of categories is wrong.
    """
    (clock, wall), (store, alerts, register, door) = clocks, city
    notices = WarningNotices(store, register, door)
    watch = DeadlineWatch(store, lambda: (office.roster.plan, office.plan), clock, wall, office.worker.wake)
    schedule.every(DEADLINES_S, "incident-deadlines", watch.look)
    schedule.every(NOTICES_S, "warning-notices", notices.settle)
    records = CaseRecords(store, door, register, clock)
    schedule.every(NOTICES_S, "case-records", records.tell)
    return IncidentDesk(store, load_plan(), clock, settings.city.place.tz, register, notices.settle, alerts)
