"""Modbus for boards and gateway: one codec, a server engine and a client engine, on RTU and TCP.

===============  ======================================================================================
`codes`          function codes, exception codes, limits
`crc`            CRC-16 of RTU frames
`registers`      registers and bits to and from the wire
`bank`           what a server serves: the base class, and one made of arrays
`server`         PDU in, PDU out (functions 1-6, 15, 16, 20-23, 43/14)
`request`        a request made once and sent often
`rtu`, `tcp`     framing of the server side
`client`         framing, matching and time-out of the client side
===============  ======================================================================================

Nothing here does I/O, reads a clock, raises on what arrives, or allocates on a board once its objects are made. The
standards are "MODBUS Application Protocol Specification V1.1b3", "MODBUS over Serial Line V1.02" and "MODBUS Messaging
on TCP/IP Implementation Guide V1.0b"; where we're stricter than others is listed in ``docs/modbus.md``.
"""
