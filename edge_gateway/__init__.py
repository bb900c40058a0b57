"""The gateway of District Edge: fieldbus, tags, control, journal and uplink, and the command `edgectl`."""
