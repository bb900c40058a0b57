"""The control programs, one file each."""
