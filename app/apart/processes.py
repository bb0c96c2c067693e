"""The processes by their names, as `quanyan serve --only` takes them."""

from collections.abc import Callable, Mapping
from typing import Final

from app.apart.api import build_api
from app.apart.common import API, ENGINE, INGEST, Clocks, Process
from app.apart.engine import build_engine
from app.apart.ingest import build_ingest
from app.settings import Settings

BUILDERS: Final[Mapping[str, Callable[[Settings, Clocks], Process]]] = {
    INGEST: build_ingest,
    ENGINE: build_engine,
    API: build_api,
}
