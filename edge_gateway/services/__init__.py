"""The services process: what talks to the outside. Killing it never disturbs control."""
