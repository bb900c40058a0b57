"""SunSpec devices over Modbus, the client's side: inverters, storage, meters, weather stations (domain brief §2a).

Pure: no I/O and no clock. A station of `drivers.modbus_line.ModbusLine` gives requests and takes what came of them.

==============  ========================================================================================================
`models`        kinds of unit, their fields (index constants, units), and where each model keeps them: the board's table
`values`        the types of points: not-implemented values, scale factors, into scaled integers without a float
`discovery`     finds the chain of models, or names why it is refused
`plan`          what is read of a unit: a block a model, with its scale factors
`unit`          `SunSpecUnit`: one unit on a line: finds it, reads it in consistent passes, notices a changed device
`control`       `Control`: ordered, verified, refreshed writes; `controls`: what is written in which model, as data
`heartbeat`     `Heartbeat`: the counters of models 715 and 802 that a controller turns
`states`        one enumeration for the operating states of models 101-113 and 701
`quirks`        what makers do differently, as data
`definition`    desk side: full model definitions (`catalogue`), decoding of whole models; never imported by a board
`reader`        desk side: `Reader` reads everything that a unit has, known models or not
==============  ========================================================================================================

On a board::

    inv = SunSpecUnit(INVERTER, 1)                      # address 0: not fitted; a third argument: its quirk
    gm = SunSpecUnit(METER, 8)
    ev = RegisterUnit(9, TOTAL_W, READ_WORDS, HEARTBEAT, WRITE_WORDS, 1000, 0)    # drivers.register_unit: no SunSpec
    line = ModbusLine((inv, gm, ev), 115200)            # drivers.modbus_line

    frame = line.poll(now_us, now_ms)       # bytes to send (memoryview), or None; never waits
    line.feed(buf, n, now_us, now_ms)       # n bytes of buf arrived, the last of them at now_us
    line.wait_us(now_us, now_ms)            # how long poll has nothing to do, unless bytes arrive

    gm.values[GM_P], gm.quality[GM_P]       # 0.1 kW; protocols.quality: only GOOD may be believed
    gm.why[GM_P]                            # why not: values.REASONS
    gm.fresh[GM_P]                          # 1 with each new sample, good or not; the reader clears it
    gm.passes                               # +1 (mod 65,536) with each complete reading
    inv.alive, inv.stage, inv.cause         # unit.STAGES; discovery.CAUSES: why a chain was refused

    inv.limit.set(600, 30)                  # 60.0 %, reverts 30 s after we fall silent; as often as one likes
    inv.limit.set(600, 30, 0, 250)          # ramp 0 s; on silence 25.0 % where the device can (model 704)
    inv.limit.release()                     # enable off: 100 % is not release
    inv.limit.mirrored, inv.limit.uncontrollable        # read back as asked; E9: not mirrored in 3 s, 3 times
    inv.limit.in_force, inv.limit.in_force_q            # what the device says holds, in the unit of `set`
    pcs.setpoint.set(-1200, 30, 0, 0)       # charge with 120.0 kW (discharge is positive), 0 kW on silence
    pcs.heart.on = 1                        # 715 ControllerHb, 802 CtrlHb: +1 each second
    pcs.operation.set(STOPPED)              # 715 OpCtl or 123 Conn; STARTED likewise

At a desk: `reader.Reader` and `definition.decode`; `edgectl energy sunspec` is made of them.
"""
