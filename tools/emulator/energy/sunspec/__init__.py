"""Devices that speak SunSpec: register images from the published definitions, and the rules of their control models."""
