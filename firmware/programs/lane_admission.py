"""Who may pass: credentials, the gateway's word or the white-list, and one opening for each vehicle (brief §3b, B14).

A read becomes a *credential* that lives 15 s. The gateway (OPEN_ONCE) or, without it, the board makes a waiting vehicle
*authorised*. When the lane has room for it, the state machine `take`s it: the vehicle is *granted*, and there is
*credit* until it drives onto the boom loop. A vehicle is granted once: however many opening commands arrive, the next
one that works needs a vehicle that was not there before, or a fresh read after the boom has closed again.
"""

from drivers.blocks.rate import RateCounter
from protocols import layout
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

_FLOOD_MS = const(1000)
_TRIGGER_MS = const(100)


class Admission:
    """Credentials and authorisations of one lane.

    credential     token of the last read that may still be used; 0 none
    authorised     1 while somebody decided to let the waiting vehicle in and the lane has not yet done so
    granted        1 while the vehicle on the approach loop has had its opening
    credit         1 while a granted vehicle has not yet come to the boom; credit_token whose it is
    by_board       1 when the board decided, without the gateway
    lost           1 in the scan in which an authorisation ended unused
    flood          1 while more than one opening command a second arrives
    """

    def __init__(self, table, events):
        self.table = table
        self.events = events
        self.credential = 0
        self.authorised = 0
        self.granted = 0
        self.credit = 0
        self.credit_token = 0
        self.by_board = 0
        self.lost = 0
        self.flood = 0
        self._token = 0
        self._authorised_since = 0
        self._read_since = 0
        self._sequence = 0
        self._heard = 0
        self._refused = 0
        self._waited = 0
        self._asked_since = 0
        self._asking = 0
        self._commands = RateCounter(2, _FLOOD_MS)
        self._refusals = 0
        self._logged = 0
        self._logged_since = 0

    def scan(self, io, par, reading, whitelist, closed, now):
        """Follow vehicle and reader.

        reading: credentials are taken; whitelist: the list to decide by, or None where the board does not decide.
        """
        life = par.credential_life_s * 1000
        waits = io.LA_P
        self.lost = 0
        self.flood = self._commands(0, now)
        if self._logged and ticks_diff(now, self._logged_since) >= _FLOOD_MS:
            self._logged = 0
            if self._refusals:
                self._log(layout.RES_DUPLICATE, now)
        if not waits:
            self.granted = 0
        if self.authorised and (not waits or ticks_diff(now, self._authorised_since) >= life):
            self.authorised = 0
            self.lost = 1
        if (self.credential or self._refused) and ticks_diff(now, self._read_since) >= life:
            self.credential = 0
            self._refused = 0
        self._read(io, par, reading, closed, now)
        if whitelist is not None and waits and not self.authorised:
            self._decide(io, par, whitelist, closed, now)
        self._ask(io, par, reading and waits and not self.credential and not self.authorised, closed, now)

    def order(self, token, now):
        """The gateway's OPEN_ONCE for the waiting vehicle: a result code."""
        self.flood = self._commands(1, now)
        if self.authorised or self.granted:
            return self.refuse(layout.RES_DUPLICATE, now)
        self._authorise(token, 0, now)
        return layout.RES_ACCEPTED

    def refuse(self, result, now):
        """Log a refused opening, at most once a second with the number of refusals; returns `result`."""
        self._refusals += 1
        if not self._logged:
            self._log(result, now)
        return result

    def deny(self, io, token):
        """The gateway's DENY: whether there was such a credential."""
        if not self.credential or (token and token != self.credential):
            return 0
        self._deny(io)
        return 1

    def take(self):
        """Let the authorised vehicle in, if there is one: 1 for each vehicle at most once."""
        if not self.authorised or self.granted:
            return 0
        self.authorised = 0
        self.granted = 1
        self.credit = 1
        self.credit_token = self._token
        self.credential = 0
        return 1

    def enter(self):
        """A vehicle drives under the boom; returns 1 if it had credit."""
        had = self.credit
        self.credit = 0
        return had

    def give_back(self):
        """The vehicle that had credit went back: it may still come."""
        self.credit = 1
        self.granted = 1

    def gone(self):
        """A vehicle went through: whoever is on the approach loop now is another one."""
        if not self.credit:
            self.granted = 0

    def forget(self):
        """The boom is closed: credit that nobody used is gone."""
        self.credit = 0

    # -- inside ----------------------------------------------------------------------------------------------

    def _authorise(self, token, by_board, now):
        self.authorised = 1
        self.by_board = by_board
        self._token = token
        self._authorised_since = now

    def _read(self, io, par, reading, closed, now):
        if io.READ_SEQ_Q >= BAD:
            self.credential = 0  # a reader that is not there has read nothing (§3a)
            return
        sequence = io.READ_SEQ
        if not self._heard:
            # What was read before this board started is not a credential.
            self._heard = 1
            self._sequence = sequence
        if sequence == self._sequence:
            return
        self._sequence = sequence
        token = io.READ_TOKEN
        if not reading or token <= 0 or io.READ_CONF < par.min_confidence:
            return
        if token == self.credential or token == self._refused:
            return
        if token == self.credit_token and self.granted and not closed:
            return
        if closed:
            self.granted = 0
        if self.granted and not self.credit_token:
            self.credit_token = token  # a free exit opened before the plate was read: it's that vehicle's
        else:
            self.credential = token
            self._read_since = now
        self._refused = 0
        io.CRED_SEQ = io.CRED_SEQ + 1 & 0xFFFF
        io.CRED_TOKEN = token
        io.CRED_CONF = io.READ_CONF
        self.events.emit(self.table.EV_CREDENTIAL, token >> 16, token & 0xFFFF)

    def _decide(self, io, par, whitelist, closed, now):
        """LOCAL_AUTO: exits are free, the others go by the white-list."""
        if par.lane_role == 1:
            if closed:
                self.granted = 0
            if not self.granted:
                self._authorise(self.credential, 1, now)
        elif self.credential and not self.granted:
            if self.credential in whitelist:
                self._authorise(self.credential, 1, now)
            else:
                self._deny(io)

    def _deny(self, io):
        token = self.credential
        self.credential = 0
        self._refused = token
        io.DENIED = io.DENIED + 1 & 0xFFFF
        self.events.emit(self.table.EV_DENIED, token >> 16, token & 0xFFFF)

    def _ask(self, io, par, wanted, closed, now):
        """Trigger the reader when a vehicle arrives, and again while it waits without a credential."""
        if not wanted or (self.granted and not closed):
            self._waited = 0
            self._asking = 0
        elif not self._waited or ticks_diff(now, self._asked_since) >= par.reader_wait_ms:
            self._waited = 1
            self._asking = 1
            self._asked_since = now
        elif self._asking and ticks_diff(now, self._asked_since) >= _TRIGGER_MS:
            self._asking = 0
        io.READ_TRG = self._asking

    def _log(self, reason, now):
        self.events.emit(self.table.EV_OPEN_REFUSED, reason, self._refusals)
        self._refusals = 0
        self._logged = 1
        self._logged_since = now
