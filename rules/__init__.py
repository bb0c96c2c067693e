"""Pure decisions of the city: standards, indicators, targets, live state. No I/O, no clock."""
