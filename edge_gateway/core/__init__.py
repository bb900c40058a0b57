"""The core process: fieldbus, tags, control and journal under one fixed scan. Its composition root is `core.app`."""
