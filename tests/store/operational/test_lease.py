"""One engine for one database, on SQLite and on PostgreSQL."""

import os
import signal
import subprocess
import sys

import psycopg
import pytest

from domain.errors import ConfigError, StoreUnavailable
from store.operational.lease import AdvisoryLease, engine_lease
from tests.support.processes import free_port
from tests.support.service import REPOSITORY

HOLDER = """
import sys
from store.operational.lease import engine_lease

lease = engine_lease(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def test_there_is_one_holder_until_it_lets_go(url: str) -> None:
    lease = engine_lease(url)
    with pytest.raises(ConfigError, match="another engine already works on this database"):
        engine_lease(url)
    lease.look()
    assert lease.held()
    lease.release()
    lease.release()
    engine_lease(url).release()


def test_a_holder_that_is_killed_holds_it_no_more(url: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    engine_lease(url).release()


def _cut_off(url: str) -> None:
    """End every other connection to the database, as a restart of the server does."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.postgres
def test_after_the_database_was_away_the_holder_takes_it_again(postgres_url: str) -> None:
    lease = engine_lease(postgres_url)
    _cut_off(postgres_url)
    lease.look()
    assert lease.held()
    with pytest.raises(ConfigError):
        engine_lease(postgres_url)
    lease.release()


@pytest.mark.postgres
def test_a_holder_that_was_cut_off_learns_that_somebody_else_took_it(postgres_url: str) -> None:
    first = engine_lease(postgres_url)
    _cut_off(postgres_url)
    second = engine_lease(postgres_url)
    first.look()
    assert not first.held()
    assert second.held()
    first.release()
    second.look()
    assert second.held()
    second.release()


def test_a_database_that_is_away_is_no_holder() -> None:
    with pytest.raises(StoreUnavailable):
        AdvisoryLease(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none")
