from collections.abc import Iterator
from pathlib import Path

import pytest
from typing_extensions import override

from store.telemetry.duckdb_store import DuckDbStore
from tests.store.telemetry.builders import ALL_KINDS
from tests.store.telemetry.suite import Opener, TelemetryStoreSuite


class TestDuckDbStore(TelemetryStoreSuite):
    @pytest.fixture
    @override
    def open_store(self, tmp_path: Path) -> Iterator[Opener]:
        opened: list[DuckDbStore] = []

        def open_again() -> DuckDbStore:
            for store in opened:
                store.close()
            opened.append(DuckDbStore(tmp_path / "telemetry.duckdb", ALL_KINDS))
            return opened[-1]

        yield open_again
        opened[-1].close()
