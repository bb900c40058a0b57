"""The scan loop and what surrounds a program: register bank, commands, supervision, configuration."""
