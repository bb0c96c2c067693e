"""Settings of the watch over Quanyan itself, and of the dead man's switch."""

from pathlib import Path

from pydantic import Field, SecretStr

from app.section import Section


class WatchSettings(Section):
    """When Quanyan tells of its own troubles. Seconds of the wall."""

    every_s: float = Field(default=2, ge=0.1, le=60)
    broker_s: float = Field(default=60, ge=0, le=86400)
    """Without the broker for so long."""
    silent_s: float = Field(default=900, ge=0, le=7 * 86400)
    """Nothing received for so long although the broker is there; 0 = never told."""
    journal_share: float = Field(default=0.5, gt=0, lt=1)
    """The journal holds so much of its cap; again when half of the rest is gone."""
    store_s: float = Field(default=300, ge=0, le=86400)
    """Readings have waited for a store for so long."""
    engine_s: float = Field(default=60, ge=1, le=86400)
    """The engine has not ticked for so long, or has been so far behind for so long."""
    database_s: float = Field(default=30, ge=0, le=86400)
    """The operational database has not answered for so long."""
    clock_s: float = Field(default=5, ge=0.5, le=3600)
    """The wall clock jumped by so much."""
    repeat_s: float = Field(default=3600, ge=10, le=86400)
    """Told again while it lasts."""


class HeartbeatSettings(Section):
    """A dead man's switch: an outside service that is called while all is well, and tells people when it is not."""

    url: SecretStr | None = None
    """It may hold a token. None, and no file = no heartbeat."""
    url_file: Path | None = None
    allowed_hosts: list[str] = Field(default_factory=list)
    """The host of the URL, named once more: nothing else is ever called."""
    private: bool = False
    """Whether the host may lie inside a private network, and be called by plain http."""
    every_s: float = Field(default=60, ge=0.1, le=3600)
    timeout_s: float = Field(default=10, gt=0, le=60)
