from collections.abc import Iterator

import pytest
from typing_extensions import override

from store.telemetry.influx import InfluxStore
from store.telemetry.influx_client import InfluxOptions
from tests.store.telemetry.builders import ALL_KINDS
from tests.store.telemetry.suite import Opener, TelemetryStoreSuite
from tests.support.influx import InfluxServer


class TestInfluxStore(TelemetryStoreSuite):
    @pytest.fixture(params=[False, True], ids=["plain", "gzip"])
    @override
    def open_store(
        self, influx_server: InfluxServer, influx_bucket: str, request: pytest.FixtureRequest
    ) -> Iterator[Opener]:
        options = InfluxOptions(influx_server.url, influx_server.token, influx_server.org, influx_bucket, request.param)
        opened: list[InfluxStore] = []

        def open_again() -> InfluxStore:
            for store in opened:
                store.close()
            opened.append(InfluxStore(options, ALL_KINDS))
            return opened[-1]

        yield open_again
        opened[-1].close()
