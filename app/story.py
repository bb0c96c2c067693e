"""What the demo tells: it follows the event log, slows the clock when a target that was met is missed, and waits."""

import select
import sys
import threading
from typing import Any
from zoneinfo import ZoneInfo

from app.clock import SimulatedClock
from app.reports.words import unit_name
from app.story_told import Told
from domain.measure import TargetVerdict
from domain.ports import EventLog, LiveView
from domain.record import EventType, LoggedEvent, NewEvent

LOOK_S = 0.5
TOLD = (TargetVerdict.MET, TargetVerdict.MISSED)
"""Rows of the plan that stay unknown, expired or not measured are no story; `/api/v1/targets` shows them."""
HINT = "a target is missed: the city clock runs at 1x now. Look around; press Enter to go on at full speed."


ACKNOWLEDGE = "          nobody else is told once somebody acknowledges it: the page, Alerts, or"


class Story:
    """Thread `demo-story`. `say` prints one line; the clock goes back to the speed it had."""

    def __init__(
        self,
        clock: SimulatedClock | None,
        pace: tuple[float, float],
        live: LiveView,
        logs: tuple[EventLog, Told],
        tz: ZoneInfo,
    ) -> None:
        """Follow the logs of events and of notices; `clock` is None with a live clock, which is never slowed.

        `pace` is the speed that the clock is set to once everything has started, and how many seconds (wall) it stays
        at 1× when nobody can press a key.
        """
        self._clock, self._live, self._tz = clock, live, tz
        self._speed, self._pause_s = pace
        events, self._told = logs
        self._events = events
        self._left_s: float | None = None
        """How long the pause still lasts; None = there is none."""
        self._decided: dict[str, str] = {}
        self._stop = threading.Event()
        self._seen = events.bounds()[1]
        self._titles = {t.id: f"item {t.item}, {t.scope}" for t in live.targets()}
        self._thread = threading.Thread(target=self._run, name="demo-story", daemon=True)

    def start(self) -> None:
        """Let the clock run: what devices say while the parts still start would come hours late. Start the thread."""
        self._change_speed(self._speed)
        self._thread.start()

    def stop(self) -> None:
        """Stop."""
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            for logged in self._events.after(self._seen, 500):
                self._seen = logged.id
                self._tell(logged)
            self._tell_notices()
            self._go_on()

    def _tell_notices(self) -> None:
        hinted = self._told.first is not None
        for line in self._told.news():
            say(line)
        if not hinted and self._told.first is not None:
            alert = next(iter(self._told.first.notice.facts.get("alerts", ())), "{id}")
            say(f"{ACKNOWLEDGE} POST /api/v1/alerts/{alert}/acknowledge")

    def _tell(self, logged: LoggedEvent) -> None:
        event = logged.event
        moment = event.at.astimezone(self._tz).strftime("%H:%M:%S")
        match event.type:
            case EventType.VERDICT_CHANGED:
                if event.data["verdict"] in TOLD or event.data["previous"] in TOLD:
                    say(f"{moment}  {self._titles.get(event.data['target'], '')}: {_verdict(event.data)}")
                if self._turned(event.data["target"], event.data["verdict"]):
                    self._pause()
            case EventType.GATEWAY_STATUS if not event.data["online"]:
                say(f"{moment}  gateway {event.data['gateway']} says nothing more; its lamps become unknown, not dark")
            case EventType.CABINET_EVENT:
                say(f"{moment}  cabinet {event.data['device']}: {event.data['type']} ({event.data['phase']})")
            case EventType.INCIDENT_CHANGED if event.data["action"] == "open":
                say(f"{moment}  case file {event.data['incident']} is opened: {event.data['title']}")
            case _:
                pass

    def _turned(self, target: str, verdict: str) -> bool:
        """Whether a target that was met is missed; on a slow machine it may have been unknown in between."""
        if verdict not in TOLD:
            return False
        before, self._decided[target] = self._decided.get(target), verdict
        return (before, verdict) == (TargetVerdict.MET, TargetVerdict.MISSED)

    def _pause(self) -> None:
        """Let the clock run at 1× until somebody presses Enter; without a terminal, for a while."""
        if self._clock is None or self._clock.speed <= 1:
            return
        self._change_speed(1)
        self._left_s = self._pause_s
        say(HINT)

    def _go_on(self) -> None:
        """End the pause when it is over; what happens meanwhile is told all the same."""
        if self._left_s is None:
            return
        terminal = sys.stdin is not None and sys.stdin.isatty()
        self._left_s -= LOOK_S
        if line_typed() if terminal else self._left_s <= 0:
            self._left_s = None
            self._change_speed(self._speed)
            say(f"the city clock runs at {self._speed:g}x again")

    def _change_speed(self, speed: float) -> None:
        if self._clock is not None:
            self._clock.set_speed(speed)
            self._events.commit([NewEvent(EventType.CLOCK_CHANGED, self._clock.now(), {"speed": speed})])


def line_typed() -> bool:
    """Return whether a line was typed since the last call, and take it."""
    ready, _, _ = select.select([sys.stdin], [], [], 0)
    if ready:
        sys.stdin.readline()
    return bool(ready)


def _verdict(data: dict[str, Any] | Any) -> str:
    measure = data["measure"]
    if measure is None or measure["value"] is None:
        return f"{data['verdict']} ({data['reason']})"
    figures = f"{measure['numerator']:g} of {measure['denominator']:g}, {measure['unknown']:g} unknown"
    limit = f", limit {data['limit']:g}" if data["limit"] is not None else ""
    unit = unit_name(measure["unit"], "en")
    value = f"{measure['value']:.1f}%" if unit == "%" else f"{measure['value']:g} {unit}".rstrip()
    return f"{data['verdict']}: {value} ({figures}{limit})"


def say(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)  # noqa: T201 - the demo's voice
