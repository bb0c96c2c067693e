"""Whose time the command line goes by: the wall clock's, but in a demo's folder that of the demo's city."""

from pathlib import Path

from app.clock import wall_now
from app.commands.common import city_now
from app.demo_place import MARKER
from app.settings import Settings
from domain.alert_ports import TickRecord
from store.operational import OperationalStore
from tests.support.rules import local

EVENING = local("2031-05-01 19:00")


def test_a_demos_city_has_its_own_time_and_every_other_goes_by_the_wall(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.sqlite'}")
    store.alerts.commit(TickRecord(EVENING))
    before = wall_now()
    assert before <= city_now(settings, store) <= wall_now()
    (tmp_path / MARKER).touch()
    assert city_now(settings, store) == EVENING
    store.close()


def test_a_demo_that_has_not_ticked_yet_has_no_time_of_its_own(tmp_path: Path) -> None:
    (tmp_path / MARKER).touch()
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.sqlite'}")
    before = wall_now()
    assert before <= city_now(Settings(data_dir=tmp_path), store) <= wall_now()
    store.close()
