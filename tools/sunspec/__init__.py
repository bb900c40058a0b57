"""Published SunSpec model definitions (pysunspec2's JSON files) made into ours, for the desk and for tests."""
