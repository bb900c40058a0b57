"""Control of the site: what the gateway decides itself. Pure functions over a frozen image, no I/O and no clock."""
