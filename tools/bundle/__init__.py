"""``make bundle``: the files that one board needs, compiled and staged as they lie on it."""
