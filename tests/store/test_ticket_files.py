"""Tickets of the hotline: each becomes a case file, and each mistake is told by file, line and field."""

from pathlib import Path

import pytest

from domain.errors import ConfigError
from domain.incident import Incident, Origin
from store.ticket_files import load_tickets
from tests.store.operational.builders import T0

CATEGORIES = ["hotline", "lamps"]


def load(folder: Path, text: str) -> list[Incident]:
    file = folder / "tickets.csv"
    file.write_text(text, encoding="utf-8")
    return load_tickets(file, CATEGORIES, "ann", T0)


def test_a_ticket_becomes_a_case_file(tmp_path: Path) -> None:
    rows = "T-1,路灯不亮,lamps,major,市城管局,370102,117.0,36.6,门前三盏\nT-2,噪声,,,,,,,\n"
    first, second = load(tmp_path, "ticket,title,category,severity,unit,district,lon,lat,text\n" + rows)
    assert (first.ticket, first.category, first.severity.value, first.lon, first.lat) == (
        *("T-1", "lamps", "major", 117.0),
        36.6,
    )
    assert (second.category, second.severity.value, second.origin, second.opened_at) == (
        *("hotline", "minor", Origin.HOTLINE),
        T0,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ticket,title\nT-1,\n", "tickets.csv:2: title: must not be empty"),
        ("ticket,title\nT-1,a\nT-1,b\n", "tickets.csv:3: ticket: stands in line 2 already"),
        ("ticket,title,category\nT-1,a,ufo\n", "tickets.csv:2: category: 'ufo' is none of hotline, lamps"),
        ("ticket,title,lon,lat\nT-1,a,200,36\n", "tickets.csv:2: lon: 200 is above 180"),
        ("ticket,title,lon,lat\nT-1,a,117,\n", "tickets.csv:2: lat: a place needs both"),
        ("ticket,title,phone\nT-1,a,1\n", "tickets.csv:1: phone: is an unknown column"),
        ("ticket\nT-1\n", "tickets.csv:1: title: is a required column"),
        ("", "tickets.csv: is empty"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        load(tmp_path, text)
    assert said in str(told.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_tickets(tmp_path / "none.csv", CATEGORIES, "ann", T0)
