"""DuckDB against the memory store as its model: any order of readings, revisions, look-backs and restarts."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from typing_extensions import override

from domain.ports import Page, TelemetryStore
from domain.reading import Reading
from store.telemetry.duckdb_store import DuckDbStore
from store.telemetry.memory import MemoryStore
from tests.store.telemetry.builders import T0
from tests.store.telemetry.suite import EVER

KINDS_OF = {"LD-1": "streetlight", "LD-2": "streetlight", "灯 3": "streetlight", "P-1": "parking_lot"}
METRICS = {"streetlight": ("power", "voltage"), "parking_lot": ("occupied", "free")}


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    device = draw(st.sampled_from(sorted(KINDS_OF)))
    kind = KINDS_OF[device]
    numbers = st.integers(0, 2) if kind == "parking_lot" else st.sampled_from([0.0, 1.5])
    at = T0 + draw(st.sampled_from([timedelta(0), timedelta(microseconds=1), timedelta(hours=3), timedelta(days=90)]))
    return Reading(
        device=device,
        kind=kind,
        at=at,
        received=at + timedelta(seconds=draw(st.integers(0, 3))),
        values=draw(st.dictionaries(st.sampled_from(METRICS[kind]), numbers, min_size=1)),
        faults=draw(st.sampled_from([(), ("lampFailure",)])),
        seq=draw(st.none() | st.integers(0, 3)),
        revision=draw(st.integers(0, 3)),
    )


class StoresAgree(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model: TelemetryStore = MemoryStore()
        self.store = DuckDbStore(self.folder / "telemetry.duckdb")

    @rule(offered=st.lists(readings(), max_size=8))
    def append(self, offered: list[Reading]) -> None:
        assert list(self.store.append(offered)) == list(self.model.append(offered))

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = DuckDbStore(self.folder / "telemetry.duckdb")

    @rule(device=st.sampled_from(sorted(KINDS_OF)), limit=st.integers(1, 3), hours=st.integers(-1, 4))
    def read_a_page(self, device: str, limit: int, hours: int) -> None:
        page = Page(T0 + timedelta(hours=hours), EVER.end, limit)
        kind = KINDS_OF[device]
        assert list(self.store.readings(device, kind, page)) == list(self.model.readings(device, kind, page))

    @rule()
    def hold_the_same(self) -> None:
        for kind in METRICS:
            mine, theirs = (
                {r.key: r for r in each.window(kind, EVER.start, EVER.end)} for each in (self.store, self.model)
            )
            assert mine == theirs
            assert len(list(self.store.window(kind, EVER.start, EVER.end))) == len(mine)
            for key in mine:
                assert list(self.store.superseded(key.device, kind, key.at)) == list(
                    self.model.superseded(key.device, kind, key.at)
                )

    @override
    def teardown(self) -> None:
        self.hold_the_same()
        self.store.close()
        shutil.rmtree(self.folder)


StoresAgree.TestCase.settings = settings(max_examples=15, stateful_step_count=10, deadline=None)
TestStoresAgree = StoresAgree.TestCase
