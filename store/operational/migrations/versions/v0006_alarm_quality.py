"""Which changes of alerts nobody was to be told of, and an index for the alerts of a span."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert_change", sa.Column("quiet", sa.Boolean))
    op.create_index("ix_alert_changed_at", "alert", ["changed_at"])
