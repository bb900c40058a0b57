"""One sheet for each program: the single source of points, causes, commands, parameters and events."""

PROGRAMS = ("energy", "heat_loop", "parking_lane", "waste_inlet", "waste_station")


def load(name):
    """Return the sheet of program `name`, or None if there is no such program."""
    if name not in PROGRAMS:
        return None
    return __import__("protocols.sheets." + name, None, None, ("SHEET",)).SHEET
