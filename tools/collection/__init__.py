"""The gateway's waste collection on the directly driven network: no boards, no Modbus, a day in seconds.

For tests of the sequence and for the energy bench.
"""
