"""Bodies of water that were black and odorous: the samples of their points, and what they add up to."""
