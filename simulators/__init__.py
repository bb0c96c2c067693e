"""Seeded fleets, scenarios and replay of recorded files, over MQTT."""
