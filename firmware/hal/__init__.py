"""The hardware layer: one file for each kind of board."""
