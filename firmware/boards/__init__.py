"""Pin maps: one readable file for each board."""
