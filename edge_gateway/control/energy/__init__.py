"""Energy management: limits in their order, battery, EV, islanding, signals, day-ahead plan (domain brief §2).

Everything here is pure: a frozen image and the time go in, set-points with their reasons come out. Import and discharge
count positive, all power is kW, all times are ms.
"""
