"""A whole run: plan the tasks, do those that are not done, write revisions if asked."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.events import measure_revised
from app.recompute.state import StateFile, total
from app.recompute.task import Done, Task, tasks
from app.recompute.work import begin_process, open_bench, work
from app.settings import Settings
from app.stores import open_archive, open_operational
from domain.errors import ConfigError, Problem
from domain.history import Published
from domain.ports import MeasureStore
from rules.indicators import INDICATORS


@dataclass(frozen=True, slots=True)
class Wish:
    """What to compute again. `start` inclusive, `end` exclusive; periods must lie within."""

    start: datetime
    end: datetime
    indicators: tuple[str, ...]
    """None named: all."""
    jobs: int = 1
    exact: bool = False
    write: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found. `differences` are plain JSON."""

    done: Sequence[Done]
    resumed: int
    revised: int
    complete_through: datetime
    """Until when the archive has everything; later periods were left out."""

    @property
    def differences(self) -> list[Any]:
        """Every difference, in the order of tasks."""
        return [difference for done in self.done for difference in done.differences]

    def totals(self) -> dict[str, Any]:
        """Return the figures of the run, plain JSON."""
        return {**total(self.done), "tasks": len(self.done), "resumed": self.resumed, "revised": self.revised}


def run(settings: Settings, wish: Wish, now: datetime, progress: Callable[[int, int], None]) -> Outcome:
    """Compute periods again and report what differs from what was published. `progress` gets done and all.

    What the archive holds bounds the span, by the city's clock; `now` (the wall's, which may be behind it) dates
    revisions.

    Raises:
        ConfigError: no such indicator, an empty span, or nothing is archived.
        StoreUnavailable: the operational database or the archive is away.
    """
    names = _names(wish)
    through = open_archive(settings).through()
    if through is None:
        raise _wrong("archive", f"{settings.under_data(settings.archive.folder)} holds nothing yet")
    with closing(open_operational(settings)) as operational:
        versions = operational.register.version(), operational.lighting.load().version
        key = {
            "span": [wish.start.isoformat(), wish.end.isoformat()],
            "indicators": names,
            "exact": wish.exact,
            "write": wish.write,
            "versions": versions,
        }
        state = StateFile(settings.data_dir / "recompute", key)
        if wish.fresh:
            state.forget()
        tz = settings.city.place.tz
        planned = [t for n in names for t in tasks(INDICATORS[n], wish.start, wish.end, through, tz)]
        done = {name: d for name, d in state.read().items() if name in {t.name for t in planned}}
        resumed, revised = len(done), 0
        progress(len(done), len(planned))
        for found in _work(settings, wish, [t for t in planned if t.name not in done]):
            each = state.begin(found) if wish.write and found.found else found
            if wish.write:
                revised += _write(operational.measures, each.found, now)
            state.add(each)
            done[each.task] = each
            progress(len(done), len(planned))
        state.forget()
    return Outcome([done[t.name] for t in planned], resumed, revised, through)


def _names(wish: Wish) -> list[str]:
    unknown = sorted(set(wish.indicators) - set(INDICATORS))
    if unknown:
        raise _wrong("--indicator", f"{', '.join(unknown)}: there are {', '.join(INDICATORS)}")
    if wish.start >= wish.end:
        raise _wrong("--from", "must lie before --to")
    return sorted(set(wish.indicators) or set(INDICATORS))


def _wrong(field: str, reason: str) -> ConfigError:
    return ConfigError([Problem("command line", 0, field, reason)])


def _work(settings: Settings, wish: Wish, left: Sequence[Task]) -> Iterator[Done]:
    """Do tasks here, or in as many processes as asked for; what is done comes in any order."""
    if wish.jobs == 1 or len(left) < 2:  # noqa: PLR2004 - one task is no reason for a process
        if left:
            bench = open_bench(settings, exact=wish.exact)
            yield from (bench.work(task) for task in left)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(wish.jobs, spawn, begin_process, (settings, wish.exact)) as pool:
        yield from _as_done(pool, left)


def _as_done(pool: ProcessPoolExecutor, left: Iterable[Task]) -> Iterator[Done]:
    """Yield what is done as soon as it is, so that a run that is cut short repeats little."""
    for future in as_completed([pool.submit(work, task) for task in left]):
        yield future.result()


def _write(measures: MeasureStore, found: Sequence[Published], now: datetime) -> int:
    """Write what differs, period by period, each told as one event."""
    by_period: dict[Any, list[Published]] = {}
    for each in found:
        by_period.setdefault((each.measure.indicator, each.start), []).append(each)
    revised = 0
    for group in by_period.values():
        revised += len(measures.revise(group, now, lambda r: [measure_revised(r, now)]))
    return revised


def plain(outcome: Outcome, wish: Wish) -> dict[str, Any]:
    """Return everything as plain JSON."""
    asked = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(wish).items()}
    return {
        "asked": asked,
        "complete_through": outcome.complete_through.isoformat(),
        **outcome.totals(),
        "differences": outcome.differences,
    }
