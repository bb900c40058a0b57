"""`edgectl`: the command line of the gateway.

Nothing heavy is imported at the top of a module here: `edgectl --help` must answer at once. Commands import what they
need inside their functions.
"""
