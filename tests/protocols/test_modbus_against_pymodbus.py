"""Our codec against pymodbus, an independent one: over PDUs made by hypothesis they differ in nothing.

Where pymodbus itself leaves the standard, the test says so beside the narrower strategy; docs/modbus.md lists it.
"""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.pdu import bit_message as bits_
from pymodbus.pdu import file_message as files_
from pymodbus.pdu import mei_message as mei_
from pymodbus.pdu import register_message as regs_

from protocols.modbus.bank import Bank
from protocols.modbus.client import TcpClient
from protocols.modbus.codes import EXCEPTIONS
from protocols.modbus.crc import crc16
from protocols.modbus.crc_plain import crc16 as crc16_plain
from protocols.modbus.request import DONE, Request
from protocols.modbus.server import Server

address = st.integers(0, 65535)
word = st.integers(0, 65535)
words = st.lists(word, min_size=1, max_size=125)
flags = st.lists(st.booleans(), min_size=1, max_size=1968)
to_server = DecodePDU(is_server=True)
to_client = DecodePDU(is_server=False)


class Played(Bank):
    """A bank that answers with what the test lays out, and remembers what it was told."""

    def __init__(self, answer: bytes = b"", code: int = 0, identity: dict[int, bytes] | None = None) -> None:
        self.answer = answer
        self.code = code
        self.identity = identity or {}
        self.told: list[tuple[object, ...]] = []

    def _give(self, out: bytearray, at: int, size: int) -> int:
        out[at : at + size] = self.answer[:size]
        self.answer = self.answer[size:] if len(self.answer) > size else self.answer
        return self.code

    def read_registers(self, fc: int, address: int, count: int, out: bytearray, at: int) -> int:
        self.told.append((fc, address, count))
        return self._give(out, at, 2 * count)

    def write_registers(self, fc: int, address: int, count: int, data: bytes, at: int) -> int:
        self.told.append((fc, address, bytes(data[at : at + 2 * count])))
        return self.code

    def mask_write(self, address: int, and_mask: int, or_mask: int) -> int:
        self.told.append((22, address, and_mask, or_mask))
        return self.code

    def read_bits(self, fc: int, address: int, count: int, out: bytearray, at: int) -> int:
        self.told.append((fc, address, count))
        return self._give(out, at, (count + 7) // 8)

    def write_bits(self, fc: int, address: int, count: int, data: bytes, at: int) -> int:
        packed = int.from_bytes(data[at : at + (count + 7) // 8], "little")
        self.told.append((fc, address, [bool(packed >> i & 1) for i in range(count)]))
        return self.code

    def read_file(self, file: int, record: int, count: int, out: bytearray, at: int) -> int:
        self.told.append((20, file, record, count))
        return self._give(out, at, 2 * count)

    def write_file(self, file: int, record: int, count: int, data: bytes, at: int) -> int:
        self.told.append((21, file, record, bytes(data[at : at + 2 * count])))
        return self.code

    def device_id(self, object_id: int) -> bytes | None:
        return self.identity.get(object_id)


def theirs(pdu: ModbusPDU) -> bytes:
    return bytes([pdu.function_code]) + pdu.encode()


def served(bank: Bank, pdu: bytes) -> bytes:
    out = bytearray(260)
    return bytes(out[: Server(bank).handle(pdu, len(pdu), out)])


def answered(request: Request, pdu: bytes) -> int:
    """Hand the reply PDU to our client as the answer to `request`; return the request's status."""
    client = TcpClient(lambda _: None, 1)
    assert bytes(client.send(request, 0)[7:]) == request.pdu()
    tid, length = request.tid, len(pdu) + 1
    data = bytes([tid >> 8, tid & 0xFF, 0, 0, length >> 8, length & 0xFF, request.unit]) + pdu
    client.feed(data, len(data))
    status: int = request.status
    return status


def packed(values: list[int]) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)


def packed_bits(values: list[bool]) -> bytes:
    return sum(value << i for i, value in enumerate(values)).to_bytes((len(values) + 7) // 8, "little")


def fitting(start: int, count: int) -> int:
    return min(start, 65536 - count)


@pytest.mark.parametrize("fc", [3, 4])
@given(start=address, values=words)
def test_read_registers(fc: int, start: int, values: list[int]) -> None:
    count = len(values)
    start = fitting(start, count)
    ask = (regs_.ReadHoldingRegistersRequest if fc == 3 else regs_.ReadInputRegistersRequest)(
        address=start, count=count
    )
    tell = (regs_.ReadHoldingRegistersResponse if fc == 3 else regs_.ReadInputRegistersResponse)(registers=values)
    request = Request(1).read(fc, start, count)

    assert request.pdu() == theirs(ask)
    decoded = to_server.decode(request.pdu())
    assert decoded is not None
    assert (decoded.address, decoded.count) == (start, count)
    bank = Played(packed(values))
    reply = served(bank, theirs(ask))
    assert bank.told == [(fc, start, count)]
    assert reply == theirs(tell)
    understood = to_client.decode(reply)
    assert understood is not None
    assert understood.registers == values
    assert answered(request, theirs(tell)) == DONE
    assert list(request.values()) == values


@pytest.mark.parametrize("fc", [1, 2])
@given(start=address, values=st.lists(st.booleans(), min_size=1, max_size=2000))
def test_read_bits(fc: int, start: int, values: list[bool]) -> None:
    count = len(values)
    start = fitting(start, count)
    ask = (bits_.ReadCoilsRequest if fc == 1 else bits_.ReadDiscreteInputsRequest)(address=start, count=count)
    tell = (bits_.ReadCoilsResponse if fc == 1 else bits_.ReadDiscreteInputsResponse)(bits=values)
    request = Request(1).read(fc, start, count)

    assert request.pdu() == theirs(ask)
    bank = Played(packed_bits(values))
    reply = served(bank, theirs(ask))
    assert bank.told == [(fc, start, count)]
    assert reply == theirs(tell)
    understood = to_client.decode(reply)
    assert understood is not None
    assert understood.bits[:count] == values
    assert answered(request, theirs(tell)) == DONE
    got = bytearray(count)
    assert request.bits(got)
    assert [bool(bit) for bit in got] == values


@given(start=address, value=word)
def test_write_register(start: int, value: int) -> None:
    ask = regs_.WriteSingleRegisterRequest(address=start, registers=[value])
    request = Request(1).write_register(start, value)

    assert request.pdu() == theirs(ask)
    bank = Played()
    assert served(bank, theirs(ask)) == theirs(regs_.WriteSingleRegisterResponse(address=start, registers=[value]))
    assert bank.told == [(6, start, packed([value]))]
    assert answered(request, theirs(ask)) == DONE


@given(start=address, on=st.booleans())
def test_write_coil(start: int, on: bool) -> None:
    ask = bits_.WriteSingleCoilRequest(address=start, bits=[on])
    request = Request(1).write_coil(start, on)

    assert request.pdu() == theirs(ask)
    bank = Played()
    assert served(bank, theirs(ask)) == theirs(bits_.WriteSingleCoilResponse(address=start, bits=[on]))
    assert bank.told == [(5, start, [on])]
    assert answered(request, theirs(ask)) == DONE


@given(start=address, values=st.lists(word, min_size=1, max_size=123))
def test_write_registers(start: int, values: list[int]) -> None:
    count = len(values)
    start = fitting(start, count)
    ask = regs_.WriteMultipleRegistersRequest(address=start, registers=values)
    tell = theirs(regs_.WriteMultipleRegistersResponse(address=start, count=count))
    request = Request(1).write_registers(start, array("H", values))

    assert request.pdu() == theirs(ask)
    decoded = to_server.decode(request.pdu())
    assert decoded is not None
    assert (decoded.address, decoded.registers) == (start, values)
    bank = Played()
    assert served(bank, theirs(ask)) == tell
    assert bank.told == [(16, start, packed(values))]
    assert answered(request, tell) == DONE


@given(start=address, values=flags)
def test_write_bits(start: int, values: list[bool]) -> None:
    count = len(values)
    start = fitting(start, count)
    ask = bits_.WriteMultipleCoilsRequest(address=start, bits=values)
    tell = theirs(bits_.WriteMultipleCoilsResponse(address=start, count=count))
    request = Request(1).write_bits(start, bytes(values))

    assert request.pdu() == theirs(ask)
    decoded = to_server.decode(request.pdu())
    assert decoded is not None
    assert (decoded.address, decoded.bits) == (start, values)
    bank = Played()
    assert served(bank, theirs(ask)) == tell
    assert bank.told == [(15, start, values)]
    assert answered(request, tell) == DONE


@given(start=address, and_mask=word, or_mask=word)
def test_mask_write(start: int, and_mask: int, or_mask: int) -> None:
    ask = regs_.MaskWriteRegisterRequest(address=start, and_mask=and_mask, or_mask=or_mask)
    tell = theirs(regs_.MaskWriteRegisterResponse(address=start, and_mask=and_mask, or_mask=or_mask))
    request = Request(1).mask_write(start, and_mask, or_mask)

    assert request.pdu() == theirs(ask)
    bank = Played()
    assert served(bank, theirs(ask)) == tell
    assert bank.told == [(22, start, and_mask, or_mask)]
    assert answered(request, tell) == DONE


@given(read_from=address, values=words, write_to=address, written=st.lists(word, min_size=1, max_size=121))
def test_read_write(read_from: int, values: list[int], write_to: int, written: list[int]) -> None:
    read_from = fitting(read_from, len(values))
    write_to = fitting(write_to, len(written))
    ask = regs_.ReadWriteMultipleRegistersRequest(
        read_address=read_from, read_count=len(values), write_address=write_to, write_registers=written
    )
    tell = theirs(regs_.ReadWriteMultipleRegistersResponse(registers=values))
    request = Request(1).read_write(read_from, len(values), write_to, array("H", written))

    assert request.pdu() == theirs(ask)
    decoded = to_server.decode(request.pdu())
    assert isinstance(decoded, regs_.ReadWriteMultipleRegistersRequest)
    assert (decoded.read_address, decoded.read_count) == (read_from, len(values))
    assert (decoded.write_address, decoded.write_registers) == (write_to, written)
    bank = Played(packed(values))
    assert served(bank, theirs(ask)) == tell
    assert (23, write_to, packed(written)) in bank.told
    assert answered(request, tell) == DONE
    assert list(request.values()) == values


@st.composite
def records(draw: st.DrawFn, least: int, most: int, head: int) -> list[tuple[int, int, bytes]]:
    """Groups of (file, record, bytes) that fit one PDU, ``head`` bytes each beside their data."""
    groups: list[tuple[int, int, bytes]] = []
    left = most
    while left >= head + least and (not groups or draw(st.booleans())):
        count = draw(st.integers(1, (left - head) // 2))
        record = draw(st.integers(0, 10000 - count))
        groups.append((draw(st.integers(1, 65535)), record, draw(st.binary(min_size=2 * count, max_size=2 * count))))
        left -= head + 2 * count
    return groups


@given(groups=records(2, 245, 7))
def test_read_files(groups: list[tuple[int, int, bytes]]) -> None:
    # pymodbus takes the count of a request it decodes for bytes (and halves it), so only its encoder is a peer here.
    ask = files_.ReadFileRecordRequest(
        records=[files_.FileRecord(file_number=f, record_number=r, record_length=len(d)) for f, r, d in groups]
    )
    tell = files_.ReadFileRecordResponse(records=[files_.FileRecord(record_data=d) for _, _, d in groups])
    request = Request(1).read_files([(f, r, len(d) // 2) for f, r, d in groups])

    assert request.pdu() == theirs(ask)
    bank = Played(b"".join(d for _, _, d in groups))
    reply = served(bank, theirs(ask))
    assert bank.told == [(20, f, r, len(d) // 2) for f, r, d in groups]
    assert reply == theirs(tell)
    understood = to_client.decode(reply)
    assert isinstance(understood, files_.ReadFileRecordResponse)
    assert [record.record_data for record in understood.records] == [d for _, _, d in groups]
    assert answered(request, theirs(tell)) == DONE
    assert request.records() == [d for _, _, d in groups]


@given(groups=records(2, 251, 7))
def test_write_files(groups: list[tuple[int, int, bytes]]) -> None:
    ask = files_.WriteFileRecordRequest(
        records=[files_.FileRecord(file_number=f, record_number=r, record_data=d) for f, r, d in groups]
    )
    request = Request(1).write_files(groups)

    assert request.pdu() == theirs(ask)
    decoded = to_server.decode(request.pdu())
    assert isinstance(decoded, files_.WriteFileRecordRequest)
    assert [(r.file_number, r.record_number, r.record_data) for r in decoded.records] == groups
    bank = Played()
    assert served(bank, theirs(ask)) == theirs(ask)
    assert bank.told == [(21, *group) for group in groups]
    assert answered(request, theirs(files_.WriteFileRecordResponse(records=ask.records))) == DONE


@given(texts=st.dictionaries(st.integers(1, 255), st.binary(max_size=60), max_size=8), vendor=st.binary(max_size=60))
def test_device_identification(texts: dict[int, bytes], vendor: bytes) -> None:
    texts[0] = vendor
    for code, last in ((1, 0x02), (2, 0x7F), (3, 0xFF)):
        identity = {key: texts[key] for key in sorted(texts) if key <= last}
        bank = Played(identity=identity)
        conformity = 0x80 | (3 if max(identity) > 0x7F else 2 if max(identity) > 2 else 1)
        got: dict[int, bytes] = {}
        at = 0
        while True:
            ask = mei_.ReadDeviceInformationRequest(read_code=code, object_id=at)
            request = Request(1).read_device_id(code, at)
            assert request.pdu() == theirs(ask)
            tell = mei_.ReadDeviceInformationResponse(
                read_code=code, information={key: text for key, text in identity.items() if key >= at}
            )
            tell.conformity = conformity  # pymodbus says "extended" whatever it has
            reply = served(bank, theirs(ask))
            assert reply == theirs(tell)
            understood = to_client.decode(reply)
            assert isinstance(understood, mei_.ReadDeviceInformationResponse)
            assert answered(request, reply) == DONE
            assert request.objects() == understood.information
            got.update(request.objects())
            if not request.next_object():
                break
            at = request.next_object()
        assert got == identity


@given(fc=st.sampled_from([1, 2, 3, 4, 5, 6, 15, 16, 22]), code=st.sampled_from(sorted(EXCEPTIONS)))
def test_exceptions(fc: int, code: int) -> None:
    asks = {
        1: Request(1).read(1, 0, 1),
        2: Request(1).read(2, 0, 1),
        3: Request(1).read(3, 0, 1),
        4: Request(1).read(4, 0, 1),
        5: Request(1).write_coil(0, True),
        6: Request(1).write_register(0, 1),
        15: Request(1).write_bits(0, b"\x01"),
        16: Request(1).write_registers(0, array("H", [1])),
        22: Request(1).mask_write(0, 0, 0),
    }
    reply = served(Played(bytes(2), code=code), asks[fc].pdu())
    understood = to_client.decode(reply)
    assert understood is not None
    assert understood.isError()
    assert (understood.function_code & 0x7F, understood.exception_code) == (fc, code)
    assert answered(asks[fc], reply) == code


@given(data=st.binary(max_size=256))
def test_crc(data: bytes) -> None:
    swapped = FramerRTU.compute_CRC(data)
    assert crc16(data, 0, len(data)) == (swapped >> 8 | (swapped & 0xFF) << 8) == crc16_plain(data, 0, len(data))
