"""Emulated plants and the world that real firmware lives in: physics, contacts, wires, time, faults.

`world` is the engine, `lane` the first plant; `station` stands in for a gateway in virtual time, `run` carries a site
in wall time.
"""
