"""Real firmware against emulated plants."""
