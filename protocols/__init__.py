"""Wire formats and point lists, shared by boards, gateway and tools. Portable: CPython and MicroPython."""
