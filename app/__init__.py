"""Settings, wiring, life cycle, clock, schedule, command line. The only place that knows every part."""
