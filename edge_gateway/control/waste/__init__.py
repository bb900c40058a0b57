"""Collection of waste by vacuum: sequence, one-valve token, schedule, unblocking and books (domain brief §1).

Everything here is pure: a frozen image and the time go in, orders and notes come out.
"""
