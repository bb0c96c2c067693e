"""Whether the record of a case file is in the journal as it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incident", sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("ix_incident_told_number", "incident", ["told", "number"])
