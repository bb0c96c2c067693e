"""Incidents with their history."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counter = sa.table("counter", sa.column("name", sa.Text), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": "incident", "value": 0}])
    op.create_table(
        "incident",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("incident_id", sa.Text, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("alert", sa.Text),
        sa.Column("ticket", sa.Text),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("incident_id", name="uq_incident_incident_id"),
        sa.UniqueConstraint("alert", name="uq_incident_alert"),
        sa.UniqueConstraint("ticket", name="uq_incident_ticket"),
    )
    op.create_index("ix_incident_open_number", "incident", ["open", "number"])
    op.create_index("ix_incident_closed_at", "incident", ["closed_at"])
    op.create_table(
        "incident_step",
        sa.Column("number", sa.BigInteger, sa.ForeignKey("incident.number"), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
    )
