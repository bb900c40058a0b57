"""The hardware layer: one file for each kind of board, all with the same members.

===========================  =====================================================================================
model                        text (bytes) of the board and its runtime, for the device identification
store                        where records are kept (`firmware.runtime.store`)
reset_cause                  layout.RESET_
alive                        False when the loop shall end; always True on a real board
ms(), us()                   the time as ticks (`protocols.ticks`)
read(raw)                    put this scan's samples into `raw`, layout.NO_SAMPLE where there is none
write(out)                   put `out` (DO, then AO, in the order of the table) on the terminals
feed()                       feed the watchdog; it starts with the first scan
receive(buf)                 take serial bytes that have arrived; `rx_end_us` is when the last one did
exact_arrival                whether `rx_end_us` is that exact, or when the buffer was looked at
send(buf, n)                 send `n` bytes on the serial line; returns at once
open_field(baud)             open the board's own line, on which it is the client: an object with `receive(buf)`,
                             `end_us` (arrival of the last byte received) and `send(buf, n)`; None where there is none
sockets                      Modbus TCP connections (`firmware.hal.sockets`), or None
wait(until_us)               until that tick, or until something arrives, whichever is first
temperature(), supply()      0.1 degC and 0.01 V, layout.NO_SAMPLE where it isn't measured
reset()                      restart the board
===========================  =====================================================================================

A HAL is made with the program's table, so that it has its terminals, and opened with the board's configuration.
"""
