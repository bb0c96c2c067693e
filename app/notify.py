"""Duty and channels, wired: the roster in use, the chains, and a lane for each channel."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from api.services import DutyServices
from app.channels import Channels, load_channels
from app.duty import load_plan
from app.links import open_links
from app.roster import RunningRoster
from app.schedule import Schedule
from app.settings import Settings
from domain.errors import ConfigError, Unavailable
from domain.escalation import EscalationPlan
from domain.notice import NoticeFilter, NoticeState, Posted
from domain.ports import DutyStore, Outbox
from notify.channels.alertmanager import REPEAT_S, AlertmanagerChannel
from notify.lane import Desk
from notify.links import Links
from notify.orphans import bury
from notify.undelivered import Undelivered
from notify.worker import NotifyWorker
from store.duty_files import parse_roster
from store.operational.facade import OperationalStore

logger = logging.getLogger(__name__)

REFRESH_S = 2
FORGET_S = 3600
ORPHANS_S = 60
_PAGE = 1000


@dataclass(slots=True)
class Office:
    """What the rest needs of it: `worker.wake` after a commit, `roster.plan` at a tick, `plan` for escalation.

    `channels` and `plan` are replaced by a reload: whoever needs them asks for them each time.
    """

    channels: Channels
    plan: EscalationPlan
    roster: RunningRoster
    worker: NotifyWorker
    outbox: Outbox
    wall: Callable[[], datetime]
    desk: Callable[[Channels], Desk]
    read: Callable[[], tuple[Channels, EscalationPlan]]
    """Reads the files that are there now; raises `ConfigError`."""
    links: Links | None = None

    def start(self) -> None:
        """Learn what fires at an Alertmanager, let go of channels that are gone, then start the lanes."""
        self._restore(self.channels)
        self.bury()
        self.worker.start()

    def take(self, channels: Channels, plan: EscalationPlan) -> Mapping[str, Any]:
        """Use other channels and chains from now on, and return what that changes. Raises `StoreUnavailable`."""
        before, chains = self.channels, self.plan.chains
        same = channels.mark == before.mark
        if same:
            _close(channels)
        else:
            self._restore(channels)
            self.worker.replace(channels.channels, self.desk(channels))
            self.channels = channels
        self.plan = plan
        return {
            "chains": _difference(chains, plan.chains),
            "channels": {**_difference(before.contacts, channels.contacts), "begun_anew": not same},
            "orphans": self.bury(),
        }

    def _restore(self, channels: Channels) -> None:
        for channel in channels.channels:
            if isinstance(channel, AlertmanagerChannel):
                channel.restore(_told(self.outbox, channel.name))

    def bury(self) -> Mapping[str, int]:
        """Make dead letters of what waits for channels that are gone; return how many of each. Never raises.

        Called on a schedule, too: for what was posted just before its channel went, or is sent again though it is gone.
        """
        try:
            buried = bury(self.outbox, self.channels.contacts, self.desk(self.channels).undelivered, self.wall())
        except Unavailable as away:
            logger.warning("orphans_not_buried", extra={"reason": str(away)})
            return {}
        for name, number in buried.items():
            logger.error("notices_without_a_channel", extra={"channel": name, "dead": number})
        if buried:
            self.worker.wake()
        return buried

    def repeat(self) -> None:
        """Tell each Alertmanager again what fires."""
        for channel in self.channels.channels:
            if isinstance(channel, AlertmanagerChannel):
                channel.repeat()

    def services(self, store: DutyStore) -> DutyServices:
        """Return what the API needs of it."""
        return DutyServices(store, self.roster.current, lambda: self.plan, self.outbox, self.status, parse_roster)

    def status(self) -> Mapping[str, Mapping[str, Any]]:
        """Return how each channel is, plain JSON."""
        return self.worker.status()


def open_office(
    settings: Settings, operational: OperationalStore, wall: Callable[[], datetime], schedule: Schedule
) -> Office:
    """Read channels and chains, and wire the lanes; nothing is sent before `start`.

    Raises:
        ConfigError: a channel, a secret, a template or a chain is wrong.
    """
    place = settings.city.place
    channels, plan = read_office(settings, wall)
    roster = RunningRoster(operational.duty, place)
    links = open_links(settings)

    def desk(used: Channels) -> Desk:
        return Desk(
            outbox=operational.outbox,
            texts=used.texts,
            person=roster.person,
            wall=wall,
            undelivered=Undelivered(lambda: office.plan.fallback.channels),
            policy=used.policy,
            links=links,
        )

    worker = NotifyWorker(channels.channels, desk(channels))
    office = Office(
        channels, plan, roster, worker, operational.outbox, wall, desk, lambda: read_office(settings, wall), links
    )
    schedule.every(REFRESH_S, "roster-refresh", roster.refresh)
    schedule.every(FORGET_S, "outbox-forget", lambda: _forget(operational.outbox, wall() - office.channels.keep))
    schedule.every(ORPHANS_S, "outbox-orphans", office.bury)
    schedule.every(REPEAT_S, "repeat-alertmanagers", office.repeat)
    return office


def read_office(settings: Settings, wall: Callable[[], datetime]) -> tuple[Channels, EscalationPlan]:
    """Read channels and chains as the files are now. Raises `ConfigError`."""
    channels = load_channels(settings.channels_file, settings.city.place, wall)
    try:
        return channels, load_plan(settings.duty_file, channels.contacts)
    except ConfigError:
        _close(channels)
        raise


def _close(channels: Channels) -> None:
    for channel in channels.channels:
        channel.close()


def _difference(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, Any]:
    both = before.keys() & after.keys()
    return {
        "new": sorted(after.keys() - before.keys()),
        "changed": sorted(name for name in both if before[name] != after[name]),
        "gone": sorted(before.keys() - after.keys()),
    }


def _told(outbox: Outbox, channel: str) -> Iterable[Posted]:
    after = 0
    while page := outbox.list(NoticeFilter(NoticeState.SENT, channel, after=after, limit=_PAGE)):
        yield from page
        after = page[-1].id


def _forget(outbox: Outbox, before: datetime) -> None:
    try:
        outbox.forget(before, NoticeState.SENT)
    except Unavailable as away:
        logger.warning("outbox_not_forgotten", extra={"reason": str(away)})


class NoticeCollector(Collector):
    """Metrics of the outbox and of the lanes. Every channel and state exists from the start."""

    def __init__(self, office: Office) -> None:
        """Read from these parts."""
        self._office = office

    @override
    def collect(self) -> Iterable[Metric]:
        lanes = self._office.worker.lanes
        kept = GaugeMetricFamily("quanyan_notices", "Notices kept, by state.", labels=["channel", "state"])
        try:
            counts = self._office.outbox.counts()
        except Unavailable:
            counts = {}  # the figures of the lanes still stand
        for lane in lanes:
            for state in NoticeState:
                kept.add_metric([lane.channel.name, state.value], counts.get((lane.channel.name, state), 0))
        yield kept
        sent = CounterMetricFamily("quanyan_messages", "Messages tried, by outcome.", labels=["channel", "outcome"])
        failing = GaugeMetricFamily("quanyan_channel_failures", "Failures in a row.", labels=["channel"])
        for lane in lanes:
            for outcome, count in lane.outcomes.items():
                sent.add_metric([lane.channel.name, outcome.value], count)
            failing.add_metric([lane.channel.name], lane.breaker.failures)
        yield sent
        yield failing
