"""Exhaustive exploration of control programs: every reachable state under abstract inputs, checked against invariants.

graph     the mutable state of an object graph as one tuple, with times as ages; captured and restored by generated code
search    breadth-first search over an environment's moves; counterexamples as traces
logbook   a trace as the table that an engineer would write: time, inputs, state, outputs
sandbox   modules imported afresh, with other constants or with a mutated source
"""
