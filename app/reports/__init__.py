"""Reports: definition files, the measures they rest on, and their four forms."""
