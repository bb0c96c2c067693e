"""Replays of the quarantine: their record, and where each entry is in its life."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counter = sa.table("counter", sa.column("name", sa.Text), sa.column("value", sa.BigInteger))
    names = ("quarantine_replay", "quarantine_replayed", "quarantine_expired")
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in names])
    op.create_table(
        "quarantine_replay",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("wish", sa.JSON, nullable=False),
        *(sa.Column(n, sa.BigInteger, nullable=False) for n in ("items", "replayed", "again")),
        sa.Column("finished_at", sa.BigInteger),
    )
    for column in (
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("replay_id", sa.BigInteger),
        sa.Column("replay_offset", sa.BigInteger),
        sa.Column("settled_at", sa.BigInteger),
    ):
        op.add_column("quarantine_item", column)
    op.create_index("ix_quarantine_item_state_id", "quarantine_item", ["state", "id"])
    op.create_index("ix_quarantine_item_replay_id", "quarantine_item", ["replay_id"])
    op.create_index("ix_quarantine_delivery_arrival", "quarantine_delivery", ["arrival"])
