"""One module per resource. Each has a `router`; the paths are written out in full, so that they can be searched for."""
