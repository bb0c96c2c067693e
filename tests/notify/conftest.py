from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notify.support import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An outbox and a clock."""
    office = Office.open(tmp_path)
    yield office
    office.store.close()
