"""Street lighting: when a lamp must be on, whether it is lit, and the counters of the city's lamps."""
