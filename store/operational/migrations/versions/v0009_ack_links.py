"""Which links of personal messages were used to acknowledge."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ack_link",
        sa.Column("notice_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
        sa.Column("alerts", sa.Integer, nullable=False),
    )
