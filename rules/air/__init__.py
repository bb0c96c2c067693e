"""Air stations: their hourly values, and what they add up to for a city."""
