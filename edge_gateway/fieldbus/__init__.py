"""Lines, read plans and board sessions: how the gateway talks to boards and devices.

::

    line = SerialLine("RS1", "/dev/ttyUSB0", 115_200)       # or TcpLine("L2", "10.0.0.9", 502, window=4)
    board = BoardSession(BoardIdentity("PK-E1", unit=11, dev_id=11, sheet=load("parking_lane")), line, tags,
                         gateway_id=1, utc_ms=clock.utc_ms, on_event=journal.event, on_change=tell)
    board.start(now)
    line.start()                        # within the running loop
    ...
    board.scan(now); tags.scan(now, utc_ms)                 # in each control scan: heartbeat, commands, staleness
    board.command(CMD_OPEN_ONCE, (hi, lo), now=now, told=callback)
    ...
    await line.close()

`now` is monotonic milliseconds (`time.monotonic_ns() // 1_000_000`), everywhere the same clock. Modules: `line` (order
of requests, no I/O), `tcp_line` and `serial_line` (the transports), `plan` and `reads` (which registers, into which
tags), `board` (the session), `command` (at most once), `events` (the event ring), `budget` (what a line carries).
"""
