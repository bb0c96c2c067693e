"""Settings of the service in processes apart."""

from pathlib import Path

from pydantic import Field

from app.section import Section


class ProcessSettings(Section):
    """Where `serve --only …` runs ingest, engine and api apart, on one machine."""

    folder: Path = Path("run")
    """Holds the sockets by which they call one another; all of them need it. Relative: counted from `data_dir`."""
    ingest_port: int = Field(default=8081, ge=1, le=65535)
    """Health and metrics of the ingest process, on `api.host`."""
    engine_port: int = Field(default=8082, ge=1, le=65535)
    """The same of the engine."""
