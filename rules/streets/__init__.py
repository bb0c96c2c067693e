"""Streets in rain and frost: standing water, rain sums, ice."""
