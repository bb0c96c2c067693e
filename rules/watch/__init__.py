"""Points that watch a thing now (a spring, an underpass, a road surface): what their newest reading says."""
