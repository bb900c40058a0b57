"""Days of the heat plant in a minute: its board's real program and the model of the plant, scan by scan.

``python -m tools.heat --hours 72 --season winter`` prints the figures of domain brief §4g as the model knows them.
"""
