"""What a case file is about by alert and ticket, what it owes to the journal, and which deadlines were told."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _columns()
    op.create_table(
        "incident_link",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("ref", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.ForeignKey("incident.number"), nullable=False),
    )
    op.create_index("ix_incident_link_number", "incident_link", ["number"])
    op.create_table(
        "incident_owed",
        sa.Column("number", sa.BigInteger, sa.ForeignKey("incident.number"), primary_key=True, autoincrement=False),
        sa.Column("lifted", sa.Boolean, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "deadline_told",
        sa.Column("number", sa.BigInteger, sa.ForeignKey("incident.number"), primary_key=True, autoincrement=False),
        sa.Column("through", sa.BigInteger, nullable=False),
    )
    _fill()


def _columns() -> None:
    op.add_column("incident", sa.Column("origin", sa.Text))
    op.add_column("incident", sa.Column("subject", sa.Text))
    op.add_column("incident", sa.Column("recovered_at", sa.BigInteger))
    op.add_column("incident", sa.Column("owes_report", sa.Boolean))
    op.create_index("ix_incident_open_origin", "incident", ["open", "origin"])
    op.create_index("ix_incident_owes_report", "incident", ["owes_report"])


def _fill() -> None:
    """Say in columns what the case files that are there say in their documents."""
    columns = ("number", "alert", "ticket", "document", "origin", "subject", "owes_report")
    case = sa.table("incident", *(sa.column(name) for name in columns))
    link = sa.table("incident_link", *(sa.column(name) for name in ("kind", "ref", "number")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(case)).all():
        found = json.loads(row.document) if isinstance(row.document, str) else row.document
        values = {"origin": found["origin"], "subject": found["subject"], "owes_report": found.get("grade") is not None}
        connection.execute(sa.update(case).where(case.c.number == row.number).values(values))
        for kind in ("alert", "ticket"):
            ref = getattr(row, kind)
            if ref:
                connection.execute(sa.insert(link).values(kind=kind, ref=ref, number=row.number))
