"""SIGKILL of the real service at random instants while many rules are pending: `make chaos-alerts ROUNDS=200 SEED=1`.

Each round a few lamps report a voltage that breaches several rules with holds of their own, the service is killed once
or twice within the holds, and comes back. Then every (rule, lamp) must have one alert: breached since the tick at which
the reading was taken, before it was acknowledged, and fired when exactly its hold had passed since then. These instants
follow from the journal and the rules alone, so they are the same as without a kill. Each round every lamp must have
been told as raised; every notice in the outbox must be sent, dead or waiting, and what is marked sent must have come to
the vendor. The first round is without a kill. A seed reproduces the kills, not what the machine is doing meanwhile.
Ctrl-C or SIGTERM ends it within the round in hand; what was done until then is accounted for.
"""

import argparse
import contextlib
import random
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from app.clock import wall_now
from app.grid import EPOCH
from domain.alert import Alert
from domain.alert_ports import AlertFilter
from domain.notice import NoticeFilter, NoticeKind, NoticeState, Posted
from store.operational import OperationalStore
from tests.support.processes import wait_until
from tests.support.vendors import HOOK, URGENT, Asked, Said, served
from tests.support.warm import WarmService

LAMPS = 6
HOLDS_S = (1, 2, 3, 4, 5)
TICK = timedelta(seconds=0.5)
WITHIN_S = 5.0
"""Kills fall so long after the readings: before, between and after the ends of the holds."""
PATIENCE_S = 120
_HEAD = "id,kind,name,district,management_area,responsible_unit,road,road_class,supply_point,lighting_use,rated_power"
_RULE = """
[[rule]]
name = "over-{hold}"
title = "过压 {hold}"
kind = "streetlight"
severity = "critical"
group = "subject"
hold = "{hold}s"
clear_hold = "1s"
condition = {{ type = "threshold", metric = "voltage", above = 240, clear = 235 }}
"""
_NEVER = threading.Event()


@dataclass
class Tally:
    """What the rounds came to."""

    rounds: int = 0
    kills: int = 0
    alerts: int = 0
    notices: int = 0
    states: Counter[NoticeState] = field(default_factory=Counter)
    """Where the notices stand at the end."""
    repeated: int = 0
    """Told a second time: killed between the sending and its record (an unknown outcome is repeated)."""
    failures: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return it in one line."""
        stand = ", ".join(f"{number} {state.value}" for state, number in sorted(self.states.items()))
        return (
            f"{self.rounds} rounds, {self.kills} kills, {self.alerts} alerts, {self.notices} notices ({stand}), "
            f"{self.repeated} told again, {len(self.failures)} failures"
        )


class Chaos:
    """The service, the vendor that it tells, and one random source."""

    def __init__(self, folder: Path, url: str, told: Counter[str], seed: int) -> None:
        self.folder, self.told, self.random = folder, told, random.Random(seed)
        (folder / "rules").mkdir()
        (folder / "rules" / "volts.toml").write_text("".join(_RULE.format(hold=h) for h in HOLDS_S), encoding="utf-8")
        (folder / "duty.toml").write_text(URGENT, encoding="utf-8")
        (folder / "channels.toml").write_text(HOOK.format(url=f"{url}/"), encoding="utf-8")
        rows = [
            f"L{n},streetlight,灯{n},370102,370102,照明中心,经十路,arterial,SP1,functional,150" for n in range(LAMPS)
        ]
        (folder / "register.csv").write_text("\n".join([_HEAD, *rows]) + "\n", encoding="utf-8")
        environment = {
            "QUANYAN_RULES_FOLDER": str(folder / "rules"),
            "QUANYAN_DUTY_FILE": str(folder / "duty.toml"),
            "QUANYAN_CHANNELS_FILE": str(folder / "channels.toml"),
            "QUANYAN_MQTT__PORT": "1",
            "QUANYAN_ENGINE__TICK_S": str(TICK.total_seconds()),
            "QUANYAN_ENGINE__SNAPSHOT_EVERY_S": "3",
            "QUANYAN_ARCHIVE__ENABLED": "false",
            "QUANYAN_RETENTION__ENABLED": "false",
            "QUANYAN_WATCH__BROKER_S": "86400",
            "QUANYAN_LOG__LEVEL": "WARNING",
            "HOOK_SECRET": "SEC-of-the-hook",
        }
        self.service = WarmService(folder, environment)
        self.service.prepare(folder / "register.csv")
        self.service.start(ready=False)
        self.store = OperationalStore(f"sqlite:///{folder / 'operational.sqlite'}")
        self.seen: set[str] = set()

    def close(self) -> None:
        """End the service."""
        self.store.close()
        self.service.close()

    # -- one round ----------------------------------------------------------------------------------------------

    def round(self, tally: Tally, kills: int) -> None:
        """Breach, kill, come back, check; then clear, and wait until everything has recovered."""
        at = wall_now()
        instants = sorted(self.random.uniform(0, WITHIN_S) for _ in range(kills))
        killer = threading.Thread(target=self._kill, args=(at, instants))
        killer.start()
        try:
            taken = self._report(at, 250)
        finally:
            killer.join()  # or it would bring up a service that nobody ends
        tally.kills += kills
        wait_until(
            lambda: len(self._fresh()) >= LAMPS * len(HOLDS_S), f"every rule fires at every lamp; {at}", PATIENCE_S
        )
        self._check(self._fresh(), at, taken, tally)
        wait_until(lambda: not self._waiting(), "everything is told", PATIENCE_S)
        self._report(wall_now(), 230)
        wait_until(lambda: not self.store.alerts.open(), "everything recovers", PATIENCE_S)
        self.seen |= {alert.id for alert in self._all()}
        tally.rounds += 1

    def _kill(self, at: datetime, instants: Sequence[float]) -> None:
        for after in instants:
            _NEVER.wait(max(0.0, after - (wall_now() - at).total_seconds()))
            self.service.kill()
            self.service.start(ready=False)

    def _report(self, at: datetime, volts: float) -> datetime:
        """Hand the readings over until they are acknowledged; return when they were."""
        readings = [{"device": f"L{n}", "at": at.isoformat(), "values": {"voltage": volts}} for n in range(LAMPS)]

        def handed() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return self.service.post("readings", {"readings": readings}).is_success
            return False

        wait_until(handed, "the readings are acknowledged", PATIENCE_S)
        return wall_now()

    # -- what came of it ----------------------------------------------------------------------------------------

    def _all(self) -> Sequence[Alert]:
        return [n.alert for n in self.store.alerts.list(AlertFilter(limit=LAMPS * len(HOLDS_S) * 3))]

    def _fresh(self) -> Sequence[Alert]:
        return [alert for alert in self._all() if alert.id not in self.seen]

    def _waiting(self) -> int:
        counts = self.store.outbox.counts()
        return sum(n for (_, state), n in counts.items() if state is NoticeState.WAITING and n) and len(self._due())

    def _due(self) -> Sequence[object]:
        """Notices that wait and may be told at once; a digest waits for its time and is visible as waiting."""
        waiting = self.store.outbox.list(NoticeFilter(NoticeState.WAITING, limit=10_000))
        return [posted for posted in waiting if not posted.notice.digest]

    def _check(self, alerts: Sequence[Alert], at: datetime, taken: datetime, tally: Tally) -> None:
        names = Counter((a.rule, a.subject) for a in alerts)
        wanted = {(f"over-{hold}", f"device:L{n}") for hold in HOLDS_S for n in range(LAMPS)}
        if set(names) != wanted or set(names.values()) != {1}:
            tally.failures.append(f"{at}: not one alert for each rule and lamp: {names}")
        for alert in alerts:
            tally.alerts += 1
            due = alert.since + timedelta(seconds=int(alert.rule.removeprefix("over-")))
            if not at <= alert.since <= _tick(taken):
                tally.failures.append(f"{alert.rule} {alert.subject}: since {alert.since}, not within {at} and {taken}")
            if alert.fired_at != due:
                tally.failures.append(f"{alert.rule} {alert.subject}: fired at {alert.fired_at}, not at {due}")

    def account(self, tally: Tally) -> None:
        """Hold the outbox against what came to the vendor."""
        posted = list(self._posted())
        tally.notices = len(posted)
        tally.states = Counter(one.state for one in posted)
        for one in posted:
            if one.state is NoticeState.SENT and not self.told[one.notice.key]:
                tally.failures.append(f"{one.notice.key} is marked sent and never came")
        raised = Counter(one.notice.group for one in posted if one.notice.kind is NoticeKind.RAISED)
        lamps = [f"device:L{n}" for n in range(LAMPS)]
        tally.failures += [f"{g}: told as raised {raised[g]} times" for g in lamps if raised[g] < tally.rounds]
        unknown = self.told.keys() - {one.notice.key for one in posted}
        tally.failures += [f"{key} came and is in no outbox" for key in sorted(unknown)]
        tally.repeated = sum(n - 1 for n in self.told.values())

    def _posted(self) -> Iterator[Posted]:
        after = 0
        while page := self.store.outbox.list(NoticeFilter(after=after, limit=1000)):
            yield from page
            after = page[-1].id


def _tick(at: datetime) -> datetime:
    """Return the first tick that is not before an instant."""
    return EPOCH - (EPOCH - at) // TICK * TICK


def run(folder: Path, rounds: int, seed: int) -> Tally:
    """Run so many rounds, the first without a kill, and return what they came to."""
    told: Counter[str] = Counter()
    lock, tally = threading.Lock(), Tally()

    def take(asked: Asked) -> Said:
        with lock:
            told.update(notice["key"] for notice in asked.json["notices"])
        return Said()

    with served(take) as vendor:
        chaos = Chaos(folder, vendor.url, told, seed)
        try:
            with contextlib.suppress(KeyboardInterrupt):  # what was done until then is accounted for
                for number in range(rounds):
                    chaos.round(tally, 0 if number == 0 else 1 + (chaos.random.random() < 0.3))
                    if sys.argv[0].endswith("alerts.py"):
                        print(f"round {number + 1}: {tally.line()}", flush=True)  # noqa: T201 - this is a command
            chaos.account(tally)
        finally:
            chaos.close()
    return tally


def main() -> int:
    """Run from the command line; the last line is the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job is born deaf to the first
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="quanyan-chaos-") as folder:
        tally = run(Path(folder), wanted.rounds, wanted.seed)
    print(f"seed {wanted.seed}: {tally.line()}")  # noqa: T201 - this is a command
    for failure in tally.failures[:50]:
        print(failure)  # noqa: T201 - this is a command
    return bool(tally.failures)


if __name__ == "__main__":
    sys.exit(main())
