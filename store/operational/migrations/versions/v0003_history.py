"""Measures of closed periods with their revisions, and what waits to be looked at again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counter = sa.table("counter", sa.column("name", sa.Text), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in ("measure", "history_mark")])
    _measure()
    op.create_table(
        "history_mark",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("closed", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )


def _measure() -> None:
    op.create_table(
        "measure",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("indicator", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("every", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("numerator", sa.Double, nullable=False),
        sa.Column("denominator", sa.Double, nullable=False),
        sa.Column("unknown", sa.Double, nullable=False),
        sa.Column("coverage", sa.Double),
        sa.Column("span_first", sa.BigInteger),
        sa.Column("span_last", sa.BigInteger),
        sa.Column("covers_first", sa.BigInteger),
        sa.Column("covers_last", sa.BigInteger),
        sa.Column("official", sa.Boolean, nullable=False),
        sa.Column("verdict_allowed", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("register_version", sa.BigInteger, nullable=False),
        sa.Column("lighting_version", sa.BigInteger, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.UniqueConstraint("indicator", "scope", "every", "start", "revision", name="uq_measure_period_revision"),
    )
    op.create_index("ix_measure_indicator_every_start", "measure", ["indicator", "every", "start"])
    op.create_index("ix_measure_end", "measure", ["end"])
