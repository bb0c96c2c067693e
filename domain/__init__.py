"""The vocabulary of the city: devices, readings, areas, measures, targets and the ports. Pure: no I/O, no clock."""
