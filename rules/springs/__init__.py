"""Springs: their official lines, and whether they flow."""
