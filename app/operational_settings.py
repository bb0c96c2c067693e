"""Settings of the operational database."""

from pathlib import Path

from pydantic import SecretStr, field_validator

from app.section import Section


class OperationalSettings(Section):
    """Register, timetables, quarantine, events, keys: SQLite (`sqlite:///file`) or PostgreSQL, URL without password."""

    url: str = "sqlite:///operational.sqlite"
    password: SecretStr | None = None
    password_file: Path | None = None

    @field_validator("url")
    @classmethod
    def _of_a_known_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must be sqlite:///file or postgresql+psycopg://user@host/database")
        return url
