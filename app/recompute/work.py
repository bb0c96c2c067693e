"""One task in one process: columns where there is a kernel, the scalar rules for what differs and for the rest."""

import multiprocessing
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.recompute.compare import compared, told
from app.recompute.task import Done, Task
from app.settings import Settings
from app.stores import ColumnArchive, open_archive, open_operational
from domain.history import Published
from domain.ports import MeasureStore
from rules.columnar.kernel import Compute, InFull, Kernel
from rules.columnar.kernels import IN_FULL, KERNELS
from rules.indicator import Indicator, World
from rules.indicators import INDICATORS
from rules.kept import Due
from rules.replay import Replayed, replay


@dataclass(frozen=True, slots=True)
class Bench:
    """What a process needs to work on tasks, opened once."""

    archive: ColumnArchive
    measures: MeasureStore
    world: World
    exact: bool
    """Whether everything is computed by the scalar rules, details too."""
    kernels: Mapping[str, Kernel]
    in_full: Mapping[str, InFull]
    _prepared: dict[str, Compute] = field(default_factory=dict)
    """What kernels looked up of the world, once for all tasks."""

    def work(self, task: Task) -> Done:
        """Do one task."""
        indicator = INDICATORS[task.indicator]
        dues: Sequence[Due] = task.dues(indicator, self.world.place.tz)
        before = self._published(indicator, dues)
        done = Done(task.name, periods=len(dues), measures=sum(map(len, before.values())))
        if not self.exact:
            if indicator.name in self.in_full:
                return self._in_full(done, self.in_full[indicator.name], indicator, dues, before)
            if indicator.name in self.kernels:
                done, dues = self._screened(done, self.kernels[indicator.name], indicator, dues, before)
        return self._replayed(done, indicator, dues, before)

    def _published(self, indicator: Indicator, dues: Sequence[Due]) -> Mapping[datetime, Mapping[str, Published]]:
        found: dict[datetime, dict[str, Published]] = defaultdict(dict)
        every = indicator.kept.every
        for each in self.measures.of_periods(indicator.name, every, dues[0].period.start, dues[-1].period.start):
            found[each.start][each.measure.scope] = each
        return found

    def _screened(
        self,
        done: Done,
        kernel: Kernel,
        indicator: Indicator,
        dues: Sequence[Due],
        before: Mapping[datetime, Mapping[str, Published]],
    ) -> tuple[Done, Sequence[Due]]:
        """Return the due instants whose figures a kernel cannot confirm."""
        started = time.perf_counter()
        start = dues[0].at - kernel.reach
        table = self.archive.columns(kernel.kind, start, dues[-1].at + datetime.resolution, kernel.metrics)
        extracted = time.perf_counter()
        grid = self._compute(indicator.name, kernel)(dues, table)
        ended = time.perf_counter()
        published = [{scope: p.measure for scope, p in before.get(d.period.start, {}).items()} for d in dues]
        left = [due for n, due in enumerate(dues) if not grid.confirms(n, published[n])]
        looked = replace(done, readings=len(table), points=table.points())
        return replace(looked, extract_s=extracted - started, kernel_s=ended - extracted), left

    def _in_full(
        self,
        done: Done,
        kernel: InFull,
        indicator: Indicator,
        dues: Sequence[Due],
        before: Mapping[datetime, Mapping[str, Published]],
    ) -> Done:
        """Return what comes out of due instants whose measures columns give in full."""
        started = time.perf_counter()
        start = dues[0].at - max(indicator.lookback.values())
        table = self.archive.columns(kernel.kind, start, dues[-1].at + datetime.resolution, kernel.metrics)
        extracted = time.perf_counter()
        done = self._held(done, kernel.measures(indicator, dues, table, self.archive.window, self.world), before)
        ended = time.perf_counter()
        looked = replace(done, in_full=len(dues), readings=len(table), points=table.points())
        return replace(looked, extract_s=extracted - started, kernel_s=ended - extracted)

    def _compute(self, name: str, kernel: Kernel) -> Compute:
        if name not in self._prepared:
            self._prepared[name] = kernel.prepare(self.world)
        return self._prepared[name]

    def _replayed(
        self,
        done: Done,
        indicator: Indicator,
        dues: Sequence[Due],
        before: Mapping[datetime, Mapping[str, Published]],
    ) -> Done:
        """Return what comes out of due instants that are left to the scalar rules."""
        started = time.perf_counter()
        done = self._held(done, replay(indicator, dues, self.archive.window, self.world), before)
        return replace(done, scalar=len(dues), scalar_s=time.perf_counter() - started)

    def _held(self, done: Done, found: Iterable[Replayed], before: Mapping[datetime, Mapping[str, Published]]) -> Done:
        """Return it with what differs from what was published."""
        pairs = []
        version = self.world.register.version
        for replayed in found:
            pairs += compared(replayed, before.get(replayed.due.period.start, {}), version)
        return replace(done, differences=told(pairs), found=[new for _, new in pairs])


_bench: Bench | None = None


def open_bench(settings: Settings, *, exact: bool) -> Bench:
    """Open what a process needs."""
    operational = open_operational(settings)
    world = World(operational.register.load(), operational.lighting.load(), settings.city.place)
    return Bench(open_archive(settings), operational.measures, world, exact, KERNELS, IN_FULL)


def begin_process(settings: Settings, exact: bool) -> None:  # noqa: FBT001 - the pool hands over positions
    """Open it for this process, which ends when the one that started it is no more; Ctrl-C is for that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _bench  # noqa: PLW0603 - what one process of the pool opens once
    _bench = open_bench(settings, exact=exact)


def _end_with_parent() -> None:
    """A parent that was killed cannot tell its pool; without this its processes would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work(task: Task) -> Done:
    """Do a task in a process of the pool."""
    if _bench is None:
        raise RuntimeError("begin_process comes first")
    return _bench.work(task)
