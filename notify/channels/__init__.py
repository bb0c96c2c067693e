"""One module for each kind of channel: its limits, and how its failures are recognised."""
