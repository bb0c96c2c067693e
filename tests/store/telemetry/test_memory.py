import pytest
from typing_extensions import override

from store.telemetry.memory import MemoryStore
from tests.store.telemetry.builders import ALL_KINDS
from tests.store.telemetry.suite import Opener, TelemetryStoreSuite
from tests.store.telemetry.summary_suite import SummaryStoreSuite


class TestMemoryStore(SummaryStoreSuite, TelemetryStoreSuite):
    @pytest.fixture
    @override
    def open_store(self) -> Opener:
        store = MemoryStore(ALL_KINDS)
        return lambda: store
