"""A small city for every test of the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.record import Role
from tests.support.api_client import Client
from tests.support.api_services import SmallCity, small_city


@pytest.fixture
def city(tmp_path: Path) -> Iterator[SmallCity]:
    with small_city(tmp_path) as built:
        yield built


@pytest.fixture
def reader(city: SmallCity) -> Client:
    return city.client(Role.READ)


@pytest.fixture
def operator(city: SmallCity) -> Client:
    return city.client(Role.OPERATE)


@pytest.fixture
def admin(city: SmallCity) -> Client:
    return city.client(Role.ADMIN)
