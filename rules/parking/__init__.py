"""Parking (停车): bays with sensors and car parks with counters, what they add up to, and how long cars stay."""
