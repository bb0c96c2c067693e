"""Fixtures for real servers and recorded data. A missing one skips its tests loudly, and in CI fails them."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.alertmanager import Alertmanager
from tests.support.broker import Mosquitto
from tests.support.demo import Demo
from tests.support.disk import FailingDisk
from tests.support.influx import InfluxServer
from tests.support.postgres import Postgres
from tests.support.processes import Program
from tests.support.servers import CHROMIUM_FLAGS, SERVERS, Found, in_ci, influxdb, postgresql
from tests.support.servers import alertmanager as find_alertmanager
from tests.support.servers import chromium as find_chromium
from tests.support.servers import compiler as find_compiler
from tests.support.servers import mosquitto as find_mosquitto
from tests.support.servers import promtool as find_promtool
from tests.support.servers import shared_data as find_shared_data

_FIXTURE_MARKERS = {
    "chromium": "browser",
    "failing_disk": "compiler",
    "alertmanager": "alertmanager",
    "influx_server": "influx",
    "mosquitto": "broker",
    "postgres_server": "postgres",
    "promtool": "promtool",
    "shared_data": "shared",
}
_ABSENT = "no {title} here: "


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that uses a server's fixture carries its marker, so that `-m 'not influx'` is always true."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if marker := _FIXTURE_MARKERS.get(fixture):
                item.add_marker(marker)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (title, find) in SERVERS.items():
        if item.get_closest_marker(marker) and (found := find()).missing:
            reason = _ABSENT.format(title=title) + found.how
            if in_ci():
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one loud line per server how many tests were skipped, and why."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for title, find in SERVERS.values():
        if count := sum(_ABSENT.format(title=title) in reason for reason in skipped):
            text = f"!!! {count} TESTS SKIPPED: " + _ABSENT.format(title=title) + find().how
            terminalreporter.write_line(text, red=True, bold=True)


def _program(found: Found) -> Program:
    assert found.program is not None, found.how
    return found.program


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A fresh broker on loopback, with persistence and without limits of queue and flight."""
    broker = Mosquitto.create(_program(find_mosquitto()), tmp_path / "mosquitto")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def failing_disk(tmp_path: Path) -> FailingDisk:
    """A disk below the test's folder `data` that fails when it is told to."""
    (tmp_path / "data").mkdir()
    return FailingDisk.create(find_compiler().how, tmp_path / "data", tmp_path / "disk")


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[Alertmanager]:
    """A fresh Alertmanager on loopback that sends everything to a webhook of the test, within a second."""
    server = Alertmanager.create(_program(find_alertmanager()), tmp_path / "alertmanager")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def influx_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    """An InfluxDB 2 of this test worker. A test that kills it need not start it again; the next one finds it up."""
    found = influxdb()
    if found.url:
        yield InfluxServer(found.url.rstrip("/"), os.environ["INFLUXDB_TOKEN"], os.environ["INFLUXDB_ORG"], None)
        return
    server = InfluxServer.create(_program(found), tmp_path_factory.mktemp("influx"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def demos() -> Iterator[list[Demo]]:
    """Demos that are stopped after the test, whatever became of it."""
    started: list[Demo] = []
    yield started
    for demo in started:
        demo.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser of this test module, drawing in software. While it is open its event loop runs in this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium().how, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def influx_bucket(influx_server: InfluxServer) -> Iterator[str]:
    """A fresh bucket that keeps its data for ever."""
    influx_server.start()
    name = f"test-{secrets.token_hex(6)}"
    influx_server.make_bucket(name)
    yield name
    influx_server.start()
    influx_server.drop_bucket(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL cluster of this test worker; the URL of its maintenance database, as psycopg takes it."""
    program = _program(postgresql())
    home = Path(tempfile.mkdtemp(prefix="quanyan-postgres-"))  # not under pytest's folder: that is closed to others
    server = Postgres.create(program, home)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh database, as SQLAlchemy takes it: `postgresql+psycopg://…`."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield postgres_server.replace("postgresql://", "postgresql+psycopg://").removesuffix("postgres") + name
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def promtool() -> Path:
    """Prometheus' own tool."""
    return Path(find_promtool().how)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded data."""
    return Path(unquote(urlparse(find_shared_data().url).path))
