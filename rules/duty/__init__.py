"""Duty: who is on duty at an instant, gaps, escalation, reporting deadlines. Pure."""
