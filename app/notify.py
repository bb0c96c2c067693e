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
from app.roster import GapWatch, RunningRoster
from app.schedule import Schedule
from app.settings import Settings
from domain.errors import Unavailable
from domain.escalation import EscalationPlan
from domain.notice import NoticeFilter, NoticeState, Posted
from domain.ports import Clock, DutyStore, Outbox
from notify.channels.alertmanager import REPEAT_S, AlertmanagerChannel
from notify.lane import Desk
from notify.links import Links
from notify.undelivered import Undelivered
from notify.worker import NotifyWorker
from store.duty_files import parse_roster
from store.operational.facade import OperationalStore

logger = logging.getLogger(__name__)

REFRESH_S = 2
WATCH_S = 60
FORGET_S = 3600
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Office:
    """What the rest needs of it: `worker.wake` after a commit, `roster.plan` at a tick, `plan` for escalation."""

    channels: Channels
    plan: EscalationPlan
    roster: RunningRoster
    worker: NotifyWorker
    outbox: Outbox
    watch: GapWatch
    links: Links | None = None

    def start(self) -> None:
        """Learn what fires at an Alertmanager, look for gaps of the roster, then start the lanes."""
        for channel in self.channels.channels:
            if isinstance(channel, AlertmanagerChannel):
                channel.restore(_told(self.outbox, channel.name))
        self.watch.look()
        self.worker.start()

    def services(self, store: DutyStore) -> DutyServices:
        """Return what the API needs of it."""
        return DutyServices(store, self.roster.current, self.plan, self.outbox, self.status, parse_roster)

    def status(self) -> Mapping[str, Mapping[str, Any]]:
        """Return how each channel is, plain JSON."""
        return self.worker.status()


def open_office(
    settings: Settings, operational: OperationalStore, clock: Clock, wall: Callable[[], datetime], schedule: Schedule
) -> Office:
    """Read channels and chains, and wire the lanes; nothing is sent before `start`.

    Raises:
        ConfigError: a channel, a secret, a template or a chain is wrong.
    """
    place = settings.city.place
    channels = load_channels(settings.channels_file, place, wall)
    plan = load_plan(settings.duty_file, channels.contacts)
    roster = RunningRoster(operational.duty, place)
    desk = Desk(
        outbox=operational.outbox,
        texts=channels.texts,
        person=roster.person,
        wall=wall,
        undelivered=Undelivered(lambda: plan.fallback.channels),
        policy=channels.policy,
        links=(links := open_links(settings)),
    )
    worker = NotifyWorker(channels.channels, desk)
    watch = GapWatch(roster, plan, operational.outbox, clock, wall)
    schedule.every(REFRESH_S, "roster-refresh", roster.refresh)
    schedule.every(WATCH_S, "roster-gaps", watch.look)
    schedule.every(FORGET_S, "outbox-forget", lambda: _forget(operational.outbox, wall() - channels.keep))
    for channel in channels.channels:
        if isinstance(channel, AlertmanagerChannel):
            schedule.every(REPEAT_S, f"repeat-{channel.name}", channel.repeat)
    return Office(channels, plan, roster, worker, operational.outbox, watch, links)


def _told(outbox: Outbox, channel: str) -> Iterable[Posted]:
    after = 0
    while page := outbox.list(NoticeFilter(NoticeState.SENT, channel, after=after, limit=_PAGE)):
        yield from page
        after = page[-1].id


def _forget(outbox: Outbox, before: datetime) -> None:
    try:
        outbox.forget(before)
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
