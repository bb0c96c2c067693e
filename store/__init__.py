"""The store ports, implemented: telemetry in InfluxDB 2 or DuckDB, operational data in SQL."""
