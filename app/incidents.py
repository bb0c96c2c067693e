"""The incident desk of the running service: what people do with case files, kept with who and when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import holidays
from pydantic import TypeAdapter

from app.toml_file import read_toml
from domain import incident_actions as act
from domain.alert import Alert
from domain.errors import ConfigError, Conflict, Problem
from domain.incident import Card, Category, Incident, IncidentState, Origin, Step
from domain.incident_offers import Offers
from domain.ports import Clock, IncidentFilter, IncidentStore
from domain.register import Register
from domain.severity import Severity
from rules.incidents.lifecycle import Desk
from rules.incidents.limits import WorkingDay, card
from rules.incidents.nearby import nearby
from rules.incidents.plan_file import IncidentPlan, parse_plan
from rules.incidents.tickets import Call, offers

SHIPPED: Final = Path(__file__).parents[1] / "config" / "incidents.toml"
_OPEN: Final = 2000
"""So many of the newest open case files are looked at for a call."""
_ACTION: Final = TypeAdapter(act.Action)
_WARNING_SEVERITY: Final = {"yellow": Severity.MAJOR, "orange": Severity.MAJOR, "red": Severity.CRITICAL}
_LEVEL_WORDS: Final = {"yellow": "黄色", "orange": "橙色", "red": "红色"}


def load_plan(path: Path | None = None) -> IncidentPlan:
    """Read categories and checklists of `path`, or those that ship with Quanyan. Raises `ConfigError`."""
    file = path or SHIPPED
    plan = parse_plan(read_toml(file), str(file))
    try:
        working_days(plan.holidays)
    except NotImplementedError:
        raise ConfigError([Problem(str(file), 0, "holidays", "there is no calendar of that country")]) from None
    return plan


def working_days(country: str) -> WorkingDay:
    """Return what says whether a date is a working day of a country, shifted working days included.

    Raises:
        NotImplementedError: there is no calendar of that country.
    """
    calendar = holidays.country_holidays(country)
    return lambda day: bool(calendar.is_working_day(day))


class IncidentDesk:
    """Implements `domain.ports.Incidents`."""

    def __init__(
        self,
        store: IncidentStore,
        plan: IncidentPlan,
        clock: Clock,
        tz: ZoneInfo,
        register: Callable[[], Register],
        settle: Callable[[], None] = lambda: None,
        alerts: Callable[[], Sequence[Alert]] = lambda: (),
    ) -> None:
        """Keep case files in `store`, by the limits of `plan`.

        `settle` brings warnings into the journal; `alerts` are those that are open.
        """
        self._settle, self._alerts = settle, alerts
        self._store, self.plan, self._clock, self._tz, self._register = store, plan, clock, tz, register
        self._works = working_days(plan.holidays)
        self._desk = Desk(plan.limit, self._works, tz)

    def now(self) -> datetime:
        """Return the city's present instant."""
        return self._clock.now()

    def open(self, wish: Incident) -> Incident:
        """Open a case file: by hand, for an alert, for a ticket. Devices near its place are looked up."""
        if wish.category not in self.plan.categories:
            raise Conflict(f"there is no category {wish.category!r}; there are {', '.join(self.plan.categories)}")
        now = self._clock.now()
        near: tuple[str, ...] = wish.devices
        if wish.lon is not None and wish.lat is not None and not near:
            near = tuple(nearby(self._register().in_service(now), wish.lon, wish.lat))
        case = replace(wish, opened_at=now, state=IncidentState.NEW, devices=near, version=1)
        return self._store.open(case, f"{now.astimezone(self._tz):%Y%m%d}")

    def issue_warning(self, level: str, basis: str, author: str) -> Incident:
        """Open the case file of a heavy-pollution level that a person issues, with its checklist by unit.

        The journal hears of it: what is in force is what `warning_notice` readings say.

        Raises:
            Conflict: another level is in force: lift it (close its case file) first, or upgrade through it.
        """
        issued = self.open(
            Incident(
                id="",
                title=f"重污染天气{_LEVEL_WORDS[level]}预警",
                category="air",
                origin=Origin.WARNING,
                severity=_WARNING_SEVERITY[level],
                state=IncidentState.NEW,
                opened_at=self._clock.now(),
                opened_by=author,
                subject="city",
                text=basis,
                checklist=self.plan.measures[level],
                level=level,
            )
        )
        self._settle()
        return issued

    def act(self, case_id: str, action: act.Action, author: str, check: Callable[[Incident], None]) -> Incident:
        """Do something with a case file. `check` is given the newest version and may refuse it (If-Match)."""
        now = self._clock.now()

        def work(case: Incident) -> Incident:
            check(case)
            if isinstance(action, act.Tick):
                return self._desk.tick(case, action, author, now)
            return self._desk.advance(case, action, now)

        detail: Mapping[str, Any] = _ACTION.dump_python(action, mode="json")
        changed = self._store.change(case_id, Step(now, author, type(action).__name__.lower(), detail), work)
        if changed.origin is Origin.WARNING and not changed.state.open:
            self._settle()
        return changed

    def offers(self, text: str, lon: float | None, lat: float | None) -> Offers:
        """Return what a call may be about, among open case files and alerts near its place."""
        now = self._clock.now()
        cases = self._store.list(IncidentFilter(open=True, limit=_OPEN))
        call = Call(text, lon, lat, now)
        return offers(call, self._register().in_service(now), cases, self._alerts(), self.plan.wordings)

    def list(self, wanted: IncidentFilter) -> Sequence[Incident]:
        """Return case files, newest first."""
        return self._store.list(wanted)

    def get(self, case_id: str) -> Incident:
        """Return a case file. Raises `NotFound`."""
        return self._store.get(case_id)

    def history(self, case_id: str) -> Sequence[Step]:
        """Return who did what when."""
        return self._store.history(case_id)

    def categories(self) -> Sequence[Category]:
        """Return the kinds of incident."""
        return list(self.plan.categories.values())

    def cards(self, case: Incident) -> Sequence[Card]:
        """Return how each part of a case file stands against its limit now."""
        now = self._clock.now()
        return [card(task, now, self._works, self._tz) for task in case.tasks]
