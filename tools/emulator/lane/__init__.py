"""A parking lane as physics: boom, hard-wired safety, loops, beams, reader, drivers (domain brief §3f)."""
