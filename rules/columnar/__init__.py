"""The rules over whole columns of readings (numpy): exact as the scalar ones, for recomputing long spans."""
