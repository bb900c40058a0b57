"""District heat: weather compensation, heat pumps and back-up, power-to-heat, accounting, hygiene, tuning (§4, §5).

Everything here is pure: a frozen image and the time go in, set-points with their reasons come out. Temperatures are in
degC, power in kW, all times are ms.
"""
