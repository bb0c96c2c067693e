"""The journal on the local disk: SQLite files behind `domain.ports.Journal`."""
