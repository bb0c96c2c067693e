"""The service in three processes that share a folder and their settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.service import Service


@dataclass
class Apart:
    """The three processes, each of them a `Service` of its own."""

    ingest: Service
    engine: Service
    api: Service

    @property
    def all(self) -> tuple[Service, Service, Service]:
        """The processes in the order in which they are started."""
        return self.ingest, self.engine, self.api


@contextmanager
def apart(home: Path, environment: Mapping[str, str], *, key: str = "", ready: bool = True) -> Iterator[Apart]:
    """Start the three processes; they are killed afterwards. Without `ready` they may lack a broker.

    `key`: of a database that was prepared before; without one it is made here.
    """
    first = Service(home, environment, key=key, only="ingest")
    first.start(ready=ready)
    rest = [Service(home, environment, key=first.key, only=only) for only in ("engine", "api")]
    running = Apart(first, *rest)
    try:
        for process in rest:
            process.start()
        yield running
    finally:
        for process in running.all:
            process.close()
