"""Field devices and the function blocks they are built of; portable, integers only, no heap in the scan."""
