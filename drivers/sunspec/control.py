"""Ordered, verified writes of one control of one unit (domain brief §2a, §2c E9, E11).

What is asked is written point by point in the order of the layout (value, ramp, reversion, enable), then read back.
Written is only what the device doesn't hold already; the enable goes last and always. No sequence begins on registers
that were read more than 250 ms ago, since the scale factor may be another one by now. What was read back unlike it was
written, or not at all, is tried again; three times 3 s without a mirror make the unit `uncontrollable`, until a
read-back is good. While it holds, value and enable are written again at half the reversion time. A device that was
away, or that somebody else has set, is brought back to what was asked.

A write that got no answer isn't repeated: it is read back, and what the device has taken stays as it is.
"""

from drivers.modbus_station import BUSY, NOTHING, READ, WRITE
from drivers.sunspec.control_image import NO_FALLBACK, ControlImage
from drivers.sunspec.controls import ENABLE, PAIR, REVERT, VALUE
from drivers.sunspec.values import OVERFLOW, SCALE
from protocols.port import const
from protocols.quality import STALE
from protocols.ticks import ticks_add, ticks_diff

# `fault`, beside those of `values`.
REFUSED = const(16)
"""The device answered a write with an exception."""
FAULTS = {
    0: "",
    SCALE: "scale factor missing or outside -10..10",
    OVERFLOW: "too big for the register",
    REFUSED: "refused by the device",
}

MIRROR_MS = const(3000)
UNCONTROLLABLE = const(3)
_BUSY_RETRIES = const(3)
_BUSY_MS = const(300)
_BUSY_LONG_MS = const(1000)
_LOOK_MS = const(250)
_REREAD_MS = const(500)
_REFUSED_MS = const(3000)
_LATER_MS = const(5000)

_HANDS_OFF = const(-1)
_RELEASED = const(0)
_HELD = const(1)

_REST = const(0)
_WRITING = const(1)
_CHECKING = const(2)


class Control:
    """One control. `set` and `release` may be called in every scan; they only take note of what is new.

    fitted          1 when the unit has a model for it (known once it was discovered)
    mirrored        1 when the last read-back shows what was asked last
    misses          times in a row that 3 s passed without a mirror; uncontrollable: 1 from the third on (E9)
    in_force        the value that holds by what the device says, in the unit of `set`; in_force_q its quality. A limit
                    that isn't enabled is 1000 (100 %), a set-point 0
    fault           0, or why it can't be written: values.SCALE, values.OVERFLOW, REFUSED
    revert_s        reversion time that the device keeps, 0 when it never reverts
    writes          write requests sent (mod 2**16)
    dirty           1 while the writing of what was asked last has not begun
    overridden      times that the device was found changed by another hand, or reverted (mod 2**16)
    """

    def __init__(self, layouts, quirk, decoder):
        self.layouts = layouts
        self.quirk = quirk
        self.fitted = 0
        self.mirrored = 0
        self.misses = 0
        self.uncontrollable = 0
        self.in_force = 0
        self.in_force_q = STALE
        self.fault = 0
        self.revert_s = 0
        self.writes = 0
        self.overridden = 0
        self._image = ControlImage(layouts, quirk, decoder)
        self._on = _HANDS_OFF
        self._value = 0
        self._revert = 0
        self._ramp = 0
        self._fallback = NO_FALLBACK
        self._known = 0
        self._seen_at = 0
        self._running = 0
        self._began = 0
        self._rest()

    # What the program asks.

    def set(self, value, revert_s=0, ramp_s=0, fallback=NO_FALLBACK):
        """Hold ``value`` (limit 0.1 %, set-point 0.1 kW) within ``ramp_s`` (s); a device that hears no more of us for
        ``revert_s`` (s, 0: for ever) goes to ``fallback``, or to no limit at all.
        """
        if (
            self._on == _HELD
            and value == self._value
            and revert_s == self._revert
            and ramp_s == self._ramp
            and fallback == self._fallback
        ):
            return
        self._value = value
        self._revert = revert_s
        self._ramp = ramp_s
        self._fallback = fallback
        self._on = _HELD
        self._ask()

    def release(self):
        """Disable the control in the device. 100 % is not release: it would be enabled still."""
        if self._on != _RELEASED:
            self._on = _RELEASED
            self._ask()

    def leave(self):
        """Write nothing any more; the device keeps what it has, and reverts when its time is over."""
        if self._on != _HANDS_OFF:
            self._on = _HANDS_OFF
            self.mirrored = 0
            self.misses = 0
            self.uncontrollable = 0
            self._rest()

    def _ask(self):
        self.dirty = 1
        self.mirrored = 0
        self._hold_on = 0

    # What the unit tells.

    def bind(self, layout, address, regs, base):
        """The unit has ``layout``'s model at ``address``; its registers are read to ``regs[base:]``."""
        self._image.bind(layout, address, regs, base)
        self.fitted = 1
        self._known = 0
        self._rest()
        self.mirrored = 0

    def unbind(self):
        """The unit is gone, or may be another one: nothing is written until it is known again."""
        self.fitted = 0
        self.mirrored = 0
        self._known = 0
        self.in_force_q = STALE
        self._rest()

    def _rest(self):
        self._phase = _REST
        self.dirty = 1
        self._row = 0
        self._forced = 0
        self._armed = 1
        self._proof = 0
        self._fresh = 0
        self._touched = 0
        self._rewritten = 0
        self._reread = 0
        self._busy = 0
        self._reverting = 0
        self._hold_on = 0
        self._held_until = 0
        self._refreshed = 0

    def watch(self, now):
        """Count a miss where 3 s have passed without a mirror; called often, whether the unit lives or not."""
        if self._on < 0 or self.mirrored:
            self._running = 0
            return
        if not self._running:
            self._running = 1
            self._began = now
            return
        if ticks_diff(now, self._began) < MIRROR_MS:
            return
        self._began = now
        self._rewritten = 0
        if self.misses < 0xFFFF:
            self.misses += 1
        if self.misses >= UNCONTROLLABLE:
            self.uncontrollable = 1
            if self._phase != _WRITING and not self._hold_on:
                self._hold(_LATER_MS, now)
        if self._phase == _CHECKING:
            self._phase = _REST

    def wants(self, now):
        """Return NOTHING, WRITE (`make`), or READ: the model's registers, to be told with `seen`."""
        if not self.fitted or self._on < 0 or not self._known:
            return NOTHING
        if self._hold_on:
            if ticks_diff(self._held_until, now) > 0:
                return NOTHING
            self._hold_on = 0
        if self._phase == _REST:
            refresh = not self.dirty and self.mirrored
            if refresh and not self._due(now):
                return NOTHING
            if ticks_diff(now, self._seen_at) > _LOOK_MS:
                return READ  # is the model still there, with the same scale factors?
            self._begin(refresh, now)
        if self._phase == _WRITING:
            return WRITE
        return READ if self._phase == _CHECKING else NOTHING

    def _hold(self, ms, now):
        self._held_until = ticks_add(now, ms)
        self._hold_on = 1

    def _due(self, now):
        if self._on != _HELD or not self._image.enabled:
            return 0
        revert = self._revert
        if self.revert_s and (self.revert_s < revert or not revert):
            revert = self.revert_s
        if self.quirk.revert_s and (self.quirk.revert_s < revert or not revert):
            revert = self.quirk.revert_s
        return revert and (not self._fresh or ticks_diff(now, self._refreshed) >= 500 * revert)

    # One sequence.

    def _begin(self, refresh, now):
        if self.dirty:
            image = self._image
            if not image.build(self._on == _HELD, self._value, self._revert, self._ramp, self._fallback):
                self.fault = image.fault
                self._hold(MIRROR_MS, now)
                return
            self.fault = 0
            self.dirty = 0
            self._reverting = 0
            self._rewritten = 0
        self._forced = refresh
        self._armed = 0 if refresh else self._armed
        self._touched = refresh
        self._reread = 0
        self._busy = 0
        self._row = -1
        self._phase = _WRITING
        self._advance()

    def _advance(self):
        # On to the next row that has to be written; behind the last one comes the reading.
        image = self._image
        while True:
            self._row += 1
            if self._row == len(image.rows):
                self._phase = _CHECKING
                return
            if not image.left_out[self._row] and self._needed(self._row):
                return

    def _needed(self, i):
        what = self._image.what(i)
        if what == ENABLE:
            return self._touched or not self._armed or not self._image.same(i)
        if what == REVERT and self._reverting:
            return False  # once is enough: the device may keep its own
        return (self._forced and (what == VALUE or what == PAIR)) or not self._image.same(i)

    def make(self, short, pair):
        """Return the write to send: in ``short`` (one register) or ``pair`` (two)."""
        image = self._image
        self.writes = (self.writes + 1) & 0xFFFF
        self._armed = 0
        if image.what(self._row) == ENABLE:
            self._proof = not image.same(self._row)
        else:
            self._touched = 1
            self._proof = 0
        return image.write(self._row, short, pair)

    def written(self, status, now):
        """The write is over with ``status``: 0, an exception code, or negative when there was no answer."""
        if self._phase != _WRITING:
            return
        if status == 0:
            self._busy = 0
            what = self._image.what(self._row)
            if what == ENABLE:
                self._arm(now)
            elif what == REVERT:
                self._reverting = 1
            self._advance()
        elif status < 0:
            self._phase = _CHECKING
        elif status == BUSY:
            self._busy += 1
            if self._busy <= _BUSY_RETRIES:
                self._hold(_BUSY_MS, now)
            else:
                self._phase = _REST
                self._hold(_BUSY_LONG_MS, now)
        else:
            self.fault = REFUSED
            self._phase = _REST
            self._hold(_REFUSED_MS, now)

    def seen(self, now):
        """The registers of the model were just read."""
        if not self.fitted:
            return
        self._known = 1
        self._seen_at = now
        image = self._image
        image.look()
        self.in_force = image.in_force
        self.in_force_q = image.in_force_q
        self.revert_s = image.revert_s
        if self._on < 0 or (self.dirty and self._phase == _REST):
            return
        if not self._armed and self._proof and self._phase == _CHECKING and self._enabled():
            self._arm(now)  # the acknowledgement was lost, but it wasn't so before
        good = image.mirrors() and (self._armed or not image.enabled)
        if self._phase == _REST:
            if good and not self.fault:
                self._good()
            elif self.mirrored and self._on == _HELD:
                self.mirrored = 0
                self._armed = 1
                self.overridden = (self.overridden + 1) & 0xFFFF
        elif self._phase == _CHECKING:
            if good:
                self._phase = _REST
                self._good()
            elif self.dirty:
                self._phase = _REST
            elif self._row < len(image.rows) or (self._reread and not self._rewritten):
                # A write got no answer, or the second look is as bad: write what differs, once in 3 s.
                self._rewritten = 1 if self._row == len(image.rows) else self._rewritten
                self._begin(0, now)
            else:
                self._reread = 1
                self._hold(_REREAD_MS, now)

    def _good(self):
        # What was written holds; it may be that something else has been asked since.
        self.misses = 0
        self.uncontrollable = 0
        self._running = 0
        if not self.dirty:
            self.mirrored = 1
            self.fault = 0

    def _arm(self, now):
        self._armed = 1
        self._proof = 0
        self._fresh = 1
        self._refreshed = now

    def _enabled(self):
        image = self._image
        i = len(image.rows) - 1
        return image.what(i) == ENABLE and image.same(i)


__all__ = ("FAULTS", "NO_FALLBACK", "REFUSED", "Control")
