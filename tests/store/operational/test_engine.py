from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from domain.errors import ConfigError, Conflict, StoreUnavailable
from domain.record import Role
from store.operational import OperationalStore
from store.operational.engine import Database, connect, migrate, newest_form
from store.operational.keys import new_key
from store.operational.schema import counter, metadata
from store.operational.types import Instant, clean
from tests.store.operational.builders import T0

NEWEST = newest_form()


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_migrations_and_schema_agree(url: str) -> None:
    engine = connect(url)
    migrate(Database(engine))
    assert _differences(engine) == []
    engine.dispose()


def test_the_comparison_of_migrations_and_schema_would_notice_a_difference(url: str) -> None:
    engine = connect(url)
    migrate(Database(engine))
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_timetable_timetable_id"))
        connection.execute(text("ALTER TABLE api_key ADD COLUMN note TEXT"))
    assert len(_differences(engine)) == 2
    engine.dispose()


def test_opening_an_older_file_keeps_what_is_in_it(url: str) -> None:
    first = OperationalStore(url)
    key, _ = new_key("first", Role.READ, T0)
    first.keys.add(key)
    first.close()
    second = OperationalStore(url)
    assert second.keys.list() == (key,)
    second.close()


def test_a_database_without_tables_is_brought_to_the_newest_form(url: str) -> None:
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (id INTEGER)"))
    database = Database(engine)
    migrate(database)
    migrate(database)
    with database.read() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST
    database.close()


def test_a_database_of_a_newer_release_is_refused_and_left_alone(url: str) -> None:
    OperationalStore(url).close()
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="newer release"):
        OperationalStore(url)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_several_processes_may_start_at_once(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(OperationalStore, [url] * 4))
    assert all(store.healthy() for store in stores)
    for store in stores:
        store.close()


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://host/database"])
def test_a_url_that_is_neither_sqlite_nor_postgresql_is_a_config_error(url: str) -> None:
    with pytest.raises(ConfigError, match="operational database: url: "):
        connect(url)


def test_a_password_survives_and_plain_postgresql_urls_use_psycopg_3() -> None:
    engine = connect("postgresql://user:p%40ss@127.0.0.1/quanyan")
    assert (engine.url.drivername, engine.url.password) == ("postgresql+psycopg", "p@ss")


@pytest.mark.parametrize("away", ["sqlite:////nowhere/at/all.db", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_is_away_is_store_unavailable(away: str) -> None:
    with pytest.raises(StoreUnavailable, match="operational database is away"):
        OperationalStore(away)


def test_a_file_that_is_no_database_is_store_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "operational.db"
    path.write_bytes(b"this is not SQLite" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        OperationalStore(f"sqlite:///{path}")


def test_a_store_whose_tables_are_gone_is_not_healthy(store: OperationalStore, url: str) -> None:
    assert store.healthy()
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE counter"))
    engine.dispose()
    assert not store.healthy()


def test_sqlite_is_opened_for_durability(tmp_path: Path) -> None:
    database = Database(connect(f"sqlite:///{tmp_path / 'x.db'}"))
    with database.read() as connection:
        wanted = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted]
    database.close()
    assert found == ["wal", 2, 1, 30_000]


def test_a_reader_is_not_blocked_by_a_writer_and_sees_one_state(url: str) -> None:
    database = Database(connect(url))
    migrate(database)
    query = select(counter.c.value).where(counter.c.name == "audit")
    written, seen = Event(), Event()

    def write() -> None:
        with database.write() as connection:
            connection.execute(counter.update().where(counter.c.name == "audit").values(value=7))
            written.set()
            assert seen.wait(30)

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(write)
        assert written.wait(30)
        with database.read() as reader:
            before = reader.scalar(query)
            seen.set()
            job.result(30)
            assert reader.scalar(query) == before == 0
        with database.read() as reader:
            assert reader.scalar(query) == 7
    database.close()


def test_a_refused_row_is_a_conflict_and_undoes_the_whole_transaction(url: str) -> None:
    database = Database(connect(url))
    migrate(database)

    def write() -> None:
        with database.write() as connection:
            connection.execute(counter.update().values(value=9))
            connection.execute(insert(counter).values(name="audit", value=1))

    with pytest.raises(Conflict, match="refuses"):
        write()
    with database.read() as connection:
        assert set(connection.scalars(select(counter.c.value))) == {0}
    database.close()


_dialect = SQLiteDialect_pysqlite()


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_kept_to_the_microsecond(instant: datetime) -> None:
    column = Instant()
    number = column.process_bind_param(instant, _dialect)
    assert column.process_result_value(number, _dialect) == instant


@given(st.text(st.characters()))
def test_clean_text_can_be_encoded_and_plain_text_is_left_alone(said: str) -> None:
    cleaned = clean(said)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned
