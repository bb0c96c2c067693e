"""HTTP out: the API under /api/v1, health, metrics."""
