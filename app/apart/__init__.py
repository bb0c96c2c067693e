"""The service in processes of its own: ingest, engine, api. They meet in the stores, the journal, and by calls."""
