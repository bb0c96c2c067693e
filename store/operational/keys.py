"""API keys in SQL. The secret itself is shown once, when it is made, and is kept nowhere."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from domain.errors import Conflict, NotFound
from domain.record import ApiKey, Role
from store.operational.audit import Action, write_audit
from store.operational.engine import Database
from store.operational.schema import api_key

_PREFIX = "qy_"
_SECRET_BYTES = 32
_LOCAL = "command line"


def new_key(name: str, role: Role, now: datetime, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """Make a key and its secret. `now` is aware, wall clock. The secret is recognised by its prefix `qy_`.

    256 random bits need no salt and no slow hash: nobody can try them all.
    """
    secret = _PREFIX + token_urlsafe(_SECRET_BYTES)
    return ApiKey(token_hex(8), name, role, sha256(secret.encode()).hexdigest(), now, expires_at), secret


class SqlKeyStore:
    """Implements `domain.ports.KeyStore`."""

    def __init__(self, database: Database) -> None:
        """Keep keys in `database`."""
        self._database = database

    def add(self, key: ApiKey, author: str = _LOCAL) -> None:
        """Keep a new key. Raises `Conflict` when its id, name or secret is taken."""
        clash = or_(api_key.c.id == key.id, api_key.c.name == key.name, api_key.c.secret_sha256 == key.secret_sha256)
        detail = {"key": key.id, "name": key.name, "role": key.role.value}
        with self._database.write() as connection:
            if connection.execute(select(api_key.c.id).where(clash)).first() is not None:
                raise Conflict(f"there is a key {key.name!r} already, or one with the same id")
            connection.execute(insert(api_key).values(_row(key)))
            write_audit(connection, key.created_at, author, Action.KEY_ADDED, detail)

    def by_secret_hash(self, sha256: str) -> ApiKey | None:
        """Return the key whose secret has this SHA-256 (hex), or None."""
        with self._database.read() as connection:
            row = connection.execute(select(api_key).where(api_key.c.secret_sha256 == sha256)).one_or_none()
        return None if row is None else _key(row)

    def list(self) -> Sequence[ApiKey]:
        """Return all keys, revoked ones too, in the order of their making."""
        with self._database.read() as connection:
            rows = connection.execute(select(api_key).order_by(api_key.c.created_at, api_key.c.id)).all()
        return tuple(_key(row) for row in rows)

    def revoke(self, key_id: str, now: datetime, author: str = _LOCAL) -> None:
        """Mark a key as revoked; one revoked before keeps its time. Raises `NotFound`."""
        this = api_key.c.id == key_id
        with self._database.write() as connection:
            revoked = update(api_key).where(this, api_key.c.revoked_at.is_(None)).values(revoked_at=now)
            if connection.execute(revoked).rowcount:
                write_audit(connection, now, author, Action.KEY_REVOKED, {"key": key_id})
            elif connection.execute(select(api_key.c.id).where(this)).first() is None:
                raise NotFound(f"there is no key {key_id}")


def _row(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role.value,
        "secret_sha256": key.secret_sha256,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(row.id, row.name, Role(row.role), row.secret_sha256, row.created_at, row.expires_at, row.revoked_at)
