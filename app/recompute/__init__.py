"""Past periods computed again from the archive, in parallel, and held against what was published."""
