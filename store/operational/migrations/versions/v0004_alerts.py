"""Alerts, their history, commands, silences and work orders, and how far each group was escalated."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COUNTERS = ("alert", "alert_command", "alert_mute")


def upgrade() -> None:
    counter = sa.table("counter", sa.column("name", sa.Text), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in _COUNTERS])
    _alert()
    _people()
    op.create_table(
        "escalation",
        sa.Column("alert_group", sa.Text, primary_key=True),
        sa.Column("document", sa.JSON, nullable=False),
    )


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        *(sa.Column(n, sa.Text, nullable=False) for n in ("rule", "subject", "alert_group", "severity", "state")),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("quiet", sa.Boolean, nullable=False),
        sa.Column("fired_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
    )
    op.create_index("ix_alert_number", "alert", ["number"])
    op.create_index("ix_alert_open_number", "alert", ["open", "number"])
    op.create_index("ix_alert_rule_number", "alert", ["rule", "number"])
    op.create_table(
        "alert_change",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("alert_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(n, sa.Text, nullable=False) for n in ("author", "why", "severity", "state")),
        sa.Column("detail", sa.JSON, nullable=False),
    )
    op.create_index("ix_alert_change_alert_id_id", "alert_change", ["alert_id", "id"])


def _people() -> None:
    op.create_table(
        "alert_command",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(n, sa.Text, nullable=False) for n in ("kind", "alert_id", "author")),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("applied_at", sa.BigInteger),
    )
    op.create_index("ix_alert_command_applied_at", "alert_command", ["applied_at"])
    op.create_table(
        "alert_mute",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("matchers", sa.JSON, nullable=False),
        sa.Column("starts", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
    )
