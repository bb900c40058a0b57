"""The energy plant of domain brief §2: photovoltaics, battery, charging, grid connection, behind Modbus devices."""
