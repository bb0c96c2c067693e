"""The tables of incidents (案卷)."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, false

from store.operational.schema import metadata
from store.operational.types import CleanText, Instant

incident = Table(
    "incident",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("incident_id", CleanText, nullable=False, unique=True),
    Column("open", Boolean, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("category", CleanText, nullable=False),
    Column("alert", CleanText, unique=True),
    Column("ticket", CleanText, unique=True),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("document", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("told", Boolean, nullable=False, server_default=false()),
    Index("ix_incident_told_number", "told", "number"),
    Column("origin", CleanText),
    Column("subject", CleanText),
    Column("recovered_at", Instant),
    Column("owes_report", Boolean),
    Index("ix_incident_open_number", "open", "number"),
    Index("ix_incident_open_origin", "open", "origin"),
    Index("ix_incident_owes_report", "owes_report"),
    Index("ix_incident_closed_at", "closed_at"),
)
"""The case file as it stands. An alert and a ticket open at most one each. `told`: its record is in the journal."""

incident_link = Table(
    "incident_link",
    metadata,
    Column("kind", CleanText, primary_key=True),
    Column("ref", CleanText, primary_key=True),
    Column("number", BigInteger, ForeignKey("incident.number"), nullable=False),
    Index("ix_incident_link_number", "number"),
)
"""The alerts and tickets of each case file; each belongs to one at most."""

incident_owed = Table(
    "incident_owed",
    metadata,
    Column("number", BigInteger, ForeignKey("incident.number"), primary_key=True, autoincrement=False),
    Column("lifted", Boolean, primary_key=True),
    Column("at", Instant, nullable=False),
)
"""Warnings that were issued or lifted and are not in the journal yet: written with the case file, gone when it is."""

deadline_told = Table(
    "deadline_told",
    metadata,
    Column("number", BigInteger, ForeignKey("incident.number"), primary_key=True, autoincrement=False),
    Column("through", Instant, nullable=False),
)
"""Up to which instant the reporting deadlines of an emergency were told, in the transaction of the notices."""

incident_step = Table(
    "incident_step",
    metadata,
    Column("number", BigInteger, ForeignKey("incident.number"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("action", CleanText, nullable=False),
    Column("detail", JSON, nullable=False),
)
"""Who did what when. Rows are only ever added."""
