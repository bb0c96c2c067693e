"""What published standards say, as pure functions: one file per standard, no state, no clock."""
