"""The way in: MQTT client, journal, decoding, store writer, accounting."""
