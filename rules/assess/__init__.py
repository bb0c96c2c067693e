"""Assessment of published rows, one at a time: text cells in, computed cells out. Nothing here knows a file."""
