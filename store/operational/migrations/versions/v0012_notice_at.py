"""What instant each notice is about, in a column of its own, so that those of a group are found by it."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.add_column("outbox", sa.Column("at", sa.BigInteger, nullable=False, server_default="0"))
    outbox = sa.table("outbox", *(sa.column(name) for name in ("id", "at", "document")))
    connection = op.get_bind()
    set_at = sa.update(outbox).where(outbox.c.id == sa.bindparam("known")).values(at=sa.bindparam("instant"))
    rows = connection.execute(sa.select(outbox.c.id, outbox.c.document)).all()
    if rows:
        connection.execute(set_at, [{"known": row.id, "instant": _micros(row.document)} for row in rows])
    op.create_index("ix_outbox_alert_group_at", "outbox", ["alert_group", "at"])


def _micros(document: str | dict[str, str]) -> int:
    """Return the instant of a document, of which one database gives the text and the other what it says."""
    said = json.loads(document) if isinstance(document, str) else document
    return (datetime.fromisoformat(said["at"]) - _EPOCH) // timedelta(microseconds=1)
