"""Waste heat, heating and hot water of the reference site, as a model (domain brief §4f)."""
