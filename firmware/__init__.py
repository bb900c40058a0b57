"""What runs on a board: the scan runtime, the control programs, and the hardware layer."""
