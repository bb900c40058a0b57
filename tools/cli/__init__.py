"""Commands that hang themselves into `edgectl` by entry point. Nothing heavy at the top of a module."""
