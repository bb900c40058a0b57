"""The header of a board, read in one piece (domain brief §7.1)."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from protocols import layout

_STRUCT = Struct(">HHHHIHHHIHHHH2xHHHHIHHHHH2xIIIHIHHHHHHHIHHIHHhhHHIIII")
assert _STRUCT.size == 2 * layout.HEADER_SIZE


class Header(NamedTuple):
    """One consistent snapshot; names and units as in `protocols/sheets/common.py`."""

    magic: int
    map_ver: int
    dev_type: int
    dev_id: int
    serial: int
    hw_rev: int
    fw_majmin: int
    fw_patch: int
    fw_hash: int
    cfg_ver: int
    cfg_crc: int
    cap_flags: int
    sheet_crc: int
    state: int
    substate: int
    mode: int
    state_age: int
    uptime: int
    boot_cnt: int
    reset_cause: int
    brd_hb: int
    scan_max: int
    scan_ovr: int
    fault_bits: int
    warn_bits: int
    trip_bits: int
    first_out: int
    first_out_t: int
    ilk_missing: int
    gw_link: int
    safe_rem: int
    ack_seq: int
    ack_code: int
    ack_result: int
    ack_detail: int
    ack_t: int
    evt_head: int
    evt_lost: int
    time_s: int
    time_ms: int
    time_q: int
    temp: int
    vsup: int
    di_bits: int
    do_bits: int
    ai_qual: int
    heap_free: int
    heap_growth: int
    scans: int

    @classmethod
    def decode(cls, data: bytes | bytearray, at: int) -> Header:
        """From the 128 bytes of the reply's registers at `data[at:]`."""
        return cls._make(_STRUCT.unpack_from(data, at))

    @property
    def firmware(self) -> str:
        """Version as people write it: 1.4.2."""
        return f"{self.fw_majmin >> 8}.{self.fw_majmin & 0xFF}.{self.fw_patch}"

    @property
    def link_name(self) -> str:
        """GW_LINK in a word: never, ok, late, lost, safe."""
        links = layout.LINKS
        return str(links[self.gw_link]) if self.gw_link < len(links) else str(self.gw_link)

    @property
    def mode_name(self) -> str:
        """MODE in a word."""
        modes = layout.MODES
        return str(modes[self.mode]) if self.mode < len(modes) else str(self.mode)

    @property
    def time_ms_utc(self) -> int:
        """The board's clock in ms since 1970 UTC; meaningless while TIME_Q is 0."""
        return self.time_s * 1000 + self.time_ms
