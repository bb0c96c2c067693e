"""The duty roster (值班表): who is on duty when, and in which role.

A roster is what people enter: named shifts, rotations, a table of days, overrides, swaps. `rules.duty` turns it into
spans of instants. Local times and dates are of the city's zone; instants are aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


class DutyRole(StrEnum):
    """What somebody is on duty as (city_operations 5.1; DB3713/T 309-2023 names the four posts of a city)."""

    OFFICER = "officer"
    """值班员: receives, reports, passes on, follows up (接、报、传、跟)."""
    SHIFT_HEAD = "shift_head"
    """值班长."""
    LEADER = "leader"
    """带班领导: the leading cadre of the shift."""
    COORDINATION = "coordination"
    """协调调度岗."""
    INFORMATION = "information"
    """综合信息岗."""
    TECHNICAL = "technical"
    """技术保障岗."""

    @property
    def word(self) -> str:
        """The word of the duty table."""
        return _ROLES[self]


_ROLES = {
    DutyRole.OFFICER: "值班员",
    DutyRole.SHIFT_HEAD: "值班长",
    DutyRole.LEADER: "带班领导",
    DutyRole.COORDINATION: "协调调度岗",
    DutyRole.INFORMATION: "综合信息岗",
    DutyRole.TECHNICAL: "技术保障岗",
}


class ContactKind(StrEnum):
    """A way to reach one person. The address is personal data: it is never part of a message, a log or an answer."""

    PHONE = "phone"
    """For SMS and voice."""
    EMAIL = "email"
    DINGTALK = "dingtalk"
    """The mobile number or user id that a group robot mentions."""
    WECOM = "wecom"
    FEISHU = "feishu"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be on duty. `language` is that of the messages: zh or en."""

    id: str
    name: str
    unit: str = ""
    """The bureau or unit; the bureau step of a chain asks for the contact of the unit responsible."""
    language: str = "zh"
    contacts: Mapping[ContactKind, str] = field(default_factory=dict, repr=False)
    unit_contact: bool = False
    """Whether this is whom to tell when the unit as such must be told (the chain's last step)."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A named shift (班次) by local wall times. `end` at or before `start` lies on the next day; equal = 24 hours.

    It ends when the clock on the wall says so: on the night of a change of the zone it is an hour longer or shorter.
    """

    id: str
    title: str
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns in a role on a shift, from `first_day` on, each team for `days` days of the rotation."""

    id: str
    shift: str
    role: DutyRole
    teams: tuple[tuple[str, ...], ...]
    """Person ids; a team may be several people."""
    first_day: date
    days: int = 1
    until: date | None = None
    """The last day, included; None = until further notice."""
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    """0 = Monday. Days that are left out do not count as a turn."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A place in the table: a shift that begins on a local day, and a role on it."""

    day: date
    shift: str
    role: DutyRole


@dataclass(frozen=True, slots=True)
class Assignment:
    """One cell of the table: these people, in this slot. The table wins over rotations."""

    slot: Slot
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutyOverride:
    """A change of the plan for a span of instants: `person` stands in for `replaces`. The newest wins.

    `replaces` None = for everybody in that role; `person` None = nobody stands in (and the gap is told).
    """

    id: str
    role: DutyRole
    start: datetime
    end: datetime
    person: str | None
    replaces: str | None
    reason: str
    author: str
    recorded_at: datetime
    recorded_to: datetime | None = None


class SwapState(StrEnum):
    """A swap counts only once a leader has approved it (city_operations 5.1)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Swap:
    """`giver` asks `taker` to stand in on `gives`; with `returns`, giver takes that slot of the taker in exchange."""

    id: str
    giver: str
    gives: Slot
    taker: str
    returns: Slot | None
    reason: str
    requested_by: str
    requested_at: datetime
    state: SwapState = SwapState.REQUESTED
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """A hand-over (交接班): what was done, what is undone, and the log of the shift. Never changed, only added to."""

    id: str
    at: datetime
    giver: str
    taker: str
    done: tuple[str, ...]
    undone: tuple[str, ...]
    log: str
    """值班日志."""
    author: str
    recorded_at: datetime
    on_duty: Mapping[DutyRole, tuple[str, ...]] = field(default_factory=dict)
    """Who was on duty at `at`, by role, as the roster said when it was recorded."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that decides who is on duty. `version` grows with every recorded change; 0 = nothing recorded yet."""

    people: tuple[Person, ...] = ()
    shifts: tuple[Shift, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    table: tuple[Assignment, ...] = ()
    overrides: tuple[DutyOverride, ...] = ()
    swaps: tuple[Swap, ...] = ()
    zone: str = "Asia/Shanghai"
    version: int = 0

    @property
    def tz(self) -> ZoneInfo:
        """The zone of the local times."""
        return ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody on duty from `start` until before `end` (instants). `by` says what put the person there."""

    start: datetime
    end: datetime
    role: DutyRole
    person: str
    shift: str
    by: str
    """`rotation:<id>`, `table`, `override:<id>` or `swap:<id>`."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A span of instants in which nobody is on duty in a role."""

    role: DutyRole
    start: datetime
    end: datetime
