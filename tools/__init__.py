"""Emulated plants, benches and packaging; starts the other parts, and nothing of them imports it."""
