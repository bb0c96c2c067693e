"""Incidents: what may be done with a case file when, until when, and what stands near a place."""
