"""128,000 lamps dark at once: messages for each channel, and what the dearest ticks cost.

Seconds are processor time of the engine's thread, so that other work on the machine counts little; the bare baseline is
writing as many rows as there are alerts, with one statement, into a table of SQLite.
Run alone: `python -m benchmarks.alert_storm [LAMPS]`.
"""

import sqlite3
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from app.alert_rules import SHIPPED, load_book
from app.commands.running import relieve_collector
from benchmarks.report import Figure, report
from domain.alert import ChangeKind
from rules.alerts.book import RuleBook
from tests.support.storm import Stormy, Tick

LAMPS = 128_000
GRID = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)


def outage(folder: str, lamps: int, book: RuleBook) -> Stormy:
    """Let every lamp report dark twice and then light again, over 70 minutes in which nobody acknowledges."""
    city = Stormy(Path(folder), lamps, book)
    city.report(150.0)
    city.pass_(MINUTE, GRID)
    relieve_collector()  # as the service does when it has begun
    for power, span in ((0.0, 20), (0.0, 20), (150.0, 30)):
        city.report(power)
        city.pass_(span * MINUTE, GRID)
    return city


def bare(folder: str, rows: int) -> float:
    """Return the seconds that writing so many small rows takes."""
    connection = sqlite3.connect(Path(folder) / "bare.sqlite")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, word TEXT NOT NULL)")
    begun = time.thread_time()
    with connection:
        connection.executemany("INSERT INTO bare VALUES (?, ?)", ((n, "x") for n in range(rows)))
    spent = time.thread_time() - begun
    connection.close()
    return spent


def figures(name: str, city: Stormy) -> list[Figure]:
    """Return how many were told how often, and the dearest tick."""
    raised, worst = city.changed[ChangeKind.RAISED], max(city.ticks, key=lambda t: t.seconds)
    told = [Figure(f"storm, {name}: messages in {c}", n, "messages") for c, n in city.messages.items()]
    return [Figure(f"storm, {name}: alerts", raised, "alerts"), *told, *_tick(name, worst)]


def _tick(name: str, tick: Tick) -> Sequence[Figure]:
    return [
        Figure(f"storm, {name}: dearest tick", tick.seconds, "s"),
        Figure(f"storm, {name}: of it judging", tick.judged, "s"),
        Figure(f"storm, {name}: of it committing", tick.committed, "s"),
    ]


def measure(lamps: int = LAMPS) -> list[Figure]:
    """Return the figures."""
    found: list[Figure] = []
    book = load_book(SHIPPED / "lighting.toml")
    with TemporaryDirectory() as folder:
        city = outage(folder, lamps, book)
        found += figures("shipped rules", city)
        city.close()
    with TemporaryDirectory() as folder:
        city = outage(folder, lamps, RuleBook([book.rules["lamp-dark"]]))
        own = figures("an alert for each lamp", city)
        baseline = bare(folder, lamps)
        city.close()
    seconds = next(f.value for f in own if f.name.endswith("dearest tick"))
    return [*found, *own, Figure("storm: bare rows of the same number", baseline, "s", baseline / seconds)]


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else LAMPS))
