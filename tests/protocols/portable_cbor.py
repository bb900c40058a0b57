from protocols.cbor import MAX_DEPTH, CborError, Reader, Tagged, Writer, dumps, loads
from protocols.cbor.reader import (
    ARRAY,
    BOOL,
    BYTES,
    END,
    ERROR,
    FLOAT,
    INDEFINITE,
    INT,
    KEY_ORDER,
    KEY_TWICE,
    KEY_TYPE,
    MAP,
    NOT_SHORTEST,
    NOT_UTF8,
    NULL,
    RESERVED,
    SIMPLE,
    TAG,
    TEXT,
    TOO_DEEP,
    TRAILING,
    TRUNCATED,
)
from tests.portable_helpers import growth

INF = float("inf")

# RFC 8949, appendix A, what the subset has of it
EXAMPLES = (
    ("00", 0),
    ("01", 1),
    ("0a", 10),
    ("17", 23),
    ("1818", 24),
    ("1819", 25),
    ("1864", 100),
    ("1903e8", 1000),
    ("1a000f4240", 1000000),
    ("1b000000e8d4a51000", 1000000000000),
    ("1bffffffffffffffff", 18446744073709551615),
    ("3bffffffffffffffff", -18446744073709551616),
    ("20", -1),
    ("29", -10),
    ("3863", -100),
    ("3903e7", -1000),
    ("f90000", 0.0),
    ("f93c00", 1.0),
    ("fb3ff199999999999a", 1.1),
    ("f93e00", 1.5),
    ("f97bff", 65504.0),
    ("fa47c35000", 100000.0),
    ("fa7f7fffff", 3.4028234663852886e38),
    ("fb7e37e43c8800759c", 1.0e300),
    ("f90001", 5.960464477539063e-8),
    ("f90400", 0.00006103515625),
    ("f9c400", -4.0),
    ("fbc010666666666666", -4.1),
    ("f97c00", INF),
    ("f9fc00", -INF),
    ("f4", False),
    ("f5", True),
    ("f6", None),
    ("c11a514b67b0", Tagged(1, 1363896240)),
    ("d74401020304", Tagged(23, b"\x01\x02\x03\x04")),
    ("40", b""),
    ("4401020304", b"\x01\x02\x03\x04"),
    ("60", ""),
    ("6161", "a"),
    ("6449455446", "IETF"),
    ("62225c", '"\\'),
    ("62c3bc", "\u00fc"),
    ("63e6b0b4", "\u6c34"),
    ("80", []),
    ("83010203", [1, 2, 3]),
    ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("98190102030405060708090a0b0c0d0e0f101112131415161718181819", list(range(1, 26))),
    ("a0", {}),
    ("a201020304", {1: 2, 3: 4}),
    ("a26161016162820203", {"a": 1, "b": [2, 3]}),
    ("826161a161626163", ["a", {"b": "c"}]),
    ("a56161614161626142616361436164614461656145", {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}),
    # singles below their normal range, halves below theirs
    ("fa00000001", 1.401298464324817e-45),
    ("fa33000000", 2.9802322387695312e-8),
    ("f98001", -5.960464477539063e-8),
    ("f903ff", 0.00006097555160522461),
    ("f98000", -0.0),
    # one bit more than a half has; beyond what singles reach; the largest and smallest of each
    ("fa3f800100", 1.000030517578125),
    ("fa33c00000", 8.940696716308594e-08),
    ("fa47800000", 65536.0),
    ("faff7fffff", -3.4028234663852886e38),
    ("fa7f000000", 2.0**127),
    ("fb47f0000000000000", 2.0**128),
    ("fb4c70000000000000", 2.0**200),
    ("fa00800000", 2.0**-126),
    ("fb3690000000000000", 2.0**-150),
    ("fb3370000000000000", 2.0**-200),
    ("fb0000000000000001", 5e-324),
)


def test_examples_of_the_rfc_both_ways():
    for text, item in EXAMPLES:
        data = bytes.fromhex(text)
        assert dumps(item) == data, text
        got = loads(data)
        assert got == item, text
        assert type(got) is type(item), text


def test_nan_is_one_nan():
    assert dumps(float("nan")) == b"\xf9\x7e\x00"
    got = loads(b"\xf9\x7e\x00")
    assert got != got


# (hex, error, offset): what is refused in any case
REFUSED = (
    ("", TRUNCATED, 0),
    ("18", TRUNCATED, 0),
    ("1901", TRUNCATED, 0),
    ("1a010203", TRUNCATED, 0),
    ("1b01020304050607", TRUNCATED, 0),
    ("4401", TRUNCATED, 0),
    ("6261", TRUNCATED, 0),
    ("8201", TRUNCATED, 0),  # a count that the rest can't hold
    ("81", TRUNCATED, 0),
    ("820181", TRUNCATED, 2),
    ("a20102", TRUNCATED, 0),
    ("a10182", TRUNCATED, 2),
    ("9bffffffffffffffff", TRUNCATED, 0),
    ("5bffffffffffffffff", TRUNCATED, 0),
    ("bb7fffffffffffffff", TRUNCATED, 0),
    ("c1", TRUNCATED, 1),
    ("f97c", TRUNCATED, 0),
    ("fa000000", TRUNCATED, 0),
    ("81f97c", TRUNCATED, 1),
    ("8119ff", TRUNCATED, 1),
    ("0000", TRAILING, 1),
    ("820102f6", TRAILING, 3),
    ("9f01ff", INDEFINITE, 0),
    ("bf0102ff", INDEFINITE, 0),
    ("5f4101ff", INDEFINITE, 0),
    ("7f6161ff", INDEFINITE, 0),
    ("81ff", INDEFINITE, 1),
    ("1c", RESERVED, 0),
    ("1f", RESERVED, 0),
    ("3e", RESERVED, 0),
    ("dd", RESERVED, 0),
    ("df", RESERVED, 0),
    ("fc", RESERVED, 0),
    ("f7", SIMPLE, 0),
    ("e0", SIMPLE, 0),
    ("f820", SIMPLE, 0),
    ("a1f401", KEY_TYPE, 1),
    ("a1810101", KEY_TYPE, 1),
    ("a1c10101", KEY_TYPE, 1),
    ("a201020103", KEY_TWICE, 3),
    ("a2616101616102", KEY_TWICE, 4),
    ("6180", NOT_UTF8, 1),
    ("626180", NOT_UTF8, 2),
    ("62c080", NOT_UTF8, 1),
    ("62c1bf", NOT_UTF8, 1),
    ("63e08080", NOT_UTF8, 1),
    ("63eda080", NOT_UTF8, 1),
    ("64f0808080", NOT_UTF8, 1),
    ("64f4908080", NOT_UTF8, 1),
    ("62e6b0", NOT_UTF8, 1),
    ("63e6b061", NOT_UTF8, 1),
    ("61ff", NOT_UTF8, 1),
)

# what only the deterministic form refuses, and what it means otherwise
STRICT = (
    ("1817", NOT_SHORTEST, 0, 23),
    ("1900ff", NOT_SHORTEST, 0, 255),
    ("1a0000ffff", NOT_SHORTEST, 0, 65535),
    ("1b00000000ffffffff", NOT_SHORTEST, 0, 4294967295),
    ("3800", NOT_SHORTEST, 0, -1),
    ("580161", NOT_SHORTEST, 0, b"a"),
    ("780161", NOT_SHORTEST, 0, "a"),
    ("980101", NOT_SHORTEST, 0, [1]),
    ("b8010102", NOT_SHORTEST, 0, {1: 2}),
    ("d80101", NOT_SHORTEST, 0, Tagged(1, 1)),
    ("fa3f800000", NOT_SHORTEST, 0, 1.0),
    ("fb3ff0000000000000", NOT_SHORTEST, 0, 1.0),
    ("fb40f86a0000000000", NOT_SHORTEST, 0, 100000.0),
    ("fb36a0000000000000", NOT_SHORTEST, 0, 1.401298464324817e-45),
    ("fb47e0000000000000", NOT_SHORTEST, 0, 2.0**127),
    ("fb3810000000000000", NOT_SHORTEST, 0, 2.0**-126),
    ("fb0000000000000000", NOT_SHORTEST, 0, 0.0),
    ("fa7f800000", NOT_SHORTEST, 0, INF),
    ("fb7ff0000000000000", NOT_SHORTEST, 0, INF),
    ("a203040102", KEY_ORDER, 3, {3: 4, 1: 2}),
    ("a2200118180a", KEY_ORDER, 3, {-1: 1, 24: 10}),
    ("a26162016161f6", KEY_ORDER, 4, {"b": 1, "a": None}),
    ("a262616101616202", KEY_ORDER, 5, {"aa": 1, "b": 2}),
)


def outcome(data, strict):
    reader = Reader(strict=strict).begin(data)
    while reader.next() not in (END, ERROR):
        pass
    return (reader.error, reader.offset) if reader.error else (0, 0)


def test_refusals_say_what_and_where():
    for text, error, offset in REFUSED:
        data = bytes.fromhex(text)
        for strict in (0, 1):
            assert outcome(data, strict) == (error, offset), (text, outcome(data, strict))
        try:
            loads(data)
        except CborError as refusal:
            at = refusal.offset
        else:
            at = None
        assert at == offset, text


def test_the_deterministic_form_can_be_waived():
    for text, error, offset, item in STRICT:
        data = bytes.fromhex(text)
        assert outcome(data, 1) == (error, offset), text
        assert outcome(data, 0) == (0, 0), text
        assert loads(data, strict=0) == item, text


def test_nan_payloads_only_without_strict():
    for text in ("f97e01", "f9fe00", "f97d00", "fa7fc00000", "fb7ff8000000000000"):
        data = bytes.fromhex(text)
        assert outcome(data, 1) == (NOT_SHORTEST, 0), text
        got = loads(data, strict=0)
        assert got != got


def test_equal_keys_apart_are_seen_by_loads():
    data = bytes.fromhex("a3010203040102")
    assert outcome(data, 0) == (0, 0)
    assert outcome(data, 1) == (KEY_ORDER, 5)
    try:
        loads(data, strict=0)
    except CborError as refusal:
        offset = refusal.offset
    assert offset == 5


def test_an_error_stays():
    reader = Reader().begin(b"\xf7")
    assert [reader.next(), reader.next(), reader.error] == [ERROR, ERROR, SIMPLE]
    assert reader.skip() == ERROR
    reader.begin(bytes.fromhex("82618000"))
    assert [reader.next(), reader.next(), reader.next(), reader.next()] == [ARRAY, ERROR, ERROR, ERROR]
    assert (reader.error, reader.offset) == (NOT_UTF8, 2)
    assert [reader.begin(b"\x00").next(), reader.next(), reader.error] == [INT, END, 0]


def test_depth_counts_arrays_maps_and_tags():
    for head in ("81", "a101", "c1"):
        for depth in (1, 2, MAX_DEPTH):
            fits = bytes.fromhex(head * depth + "00")
            assert outcome(fits, 1) == (0, 0)
            loads(fits)
        deep = bytes.fromhex(head * (MAX_DEPTH + 1) + "00")
        assert outcome(deep, 1) == (TOO_DEEP, MAX_DEPTH * len(head) // 2)
    assert outcome(bytes.fromhex("c181" * 4 + "00"), 1) == (0, 0)
    assert outcome(bytes.fromhex("c181" * 4 + "c100"), 1) == (TOO_DEEP, 8)
    assert outcome(bytes.fromhex("83c1c1c1c1c1c1c100c1c10080"), 1) == (0, 0)  # each item for itself
    for item, fits in (([[[1]]], 3), (Tagged(1, {1: []}), 3), (1, 0)):
        assert loads(dumps(item, depth=fits), depth=fits) == item
        try:
            dumps([item], depth=fits)
        except ValueError as refusal:
            assert "deep" in str(refusal)
        else:
            raise AssertionError(item)


def test_reading_in_place():
    # [1, -2, h'6162', "cd", {3: true}, 18([null]), 1.5, 2**40] behind and before other bytes
    data = bytes.fromhex("ffff88012142616262636" + "4a103f5d281f6f93e001b0000010000000000ffff")
    reader = Reader().begin(data, len(data) - 2, 2)
    assert (reader.next(), reader.value) == (ARRAY, 8)
    assert (reader.next(), reader.value) == (INT, 1)
    assert (reader.next(), reader.value) == (INT, -2)
    assert (reader.next(), reader.value, reader.start) == (BYTES, 2, 6)
    assert reader.content() == b"ab"
    assert reader.equals(b"ab")
    assert not reader.equals(b"ac")
    assert not reader.equals(b"abc")
    assert (reader.next(), reader.content()) == (TEXT, "cd")
    assert (reader.next(), reader.value) == (MAP, 1)
    assert (reader.next(), reader.value) == (INT, 3)
    assert (reader.next(), reader.value) == (BOOL, 1)
    assert (reader.next(), reader.value) == (TAG, 18)
    assert (reader.next(), reader.value) == (ARRAY, 1)
    assert reader.next() == NULL
    assert (reader.next(), reader.value, reader.real()) == (FLOAT, 2, 1.5)
    assert (reader.next(), reader.value) == (INT, 1 << 40)
    assert reader.next() == END
    assert reader.next() == END


def test_skip():
    items = ([1, [2, 3], {}], [], {}, {1: [2]}, Tagged(1, Tagged(2, [3])), Tagged(1, 5), 7, "x", [[[[4]]]])
    for item in items:
        reader = Reader().begin(dumps([item, "after"]))
        reader.next()
        reader.next()
        assert reader.skip() == 0
        assert (reader.next(), reader.equals(b"after")) == (TEXT, True), item
        assert reader.next() == END
    reader = Reader().begin(bytes.fromhex("828101f7"))
    reader.next()
    reader.next()
    assert reader.skip() == 0
    assert reader.next() == ERROR
    reader.begin(bytes.fromhex("8281f701"))
    reader.next()
    reader.next()
    assert reader.skip() == ERROR


def test_maps_are_written_in_bytewise_order_of_their_keys():
    keys = (10, 100, -1, "z", "aa", b"b", 24)
    data = dumps(dict([(key, 0) for key in keys]))
    assert data.hex() == "a7" + "".join([k + "00" for k in ("0a", "1818", "1864", "20", "4162", "617a", "626161")])


def test_what_has_no_encoding():
    for item, error in (
        (object(), TypeError),
        ({1.5: 1}, TypeError),
        ({True: 1}, TypeError),
        ({None: 1}, TypeError),
        (1 << 64, ValueError),
        (-(1 << 64) - 1, ValueError),
    ):
        try:
            dumps(item)
        except error:
            continue
        raise AssertionError(item)


def test_parts_of_a_buffer_and_an_exact_fit():
    writer = Writer(bytearray(6))
    writer.byte_string(b"_xy", 1)
    writer.text(b"ab_", 0, 2)
    assert (bytes(writer.buf), writer.full) == (b"\x42xy\x62ab", 0)


def test_a_full_buffer_is_never_overrun_and_says_so():
    item = {1: "abc", 2: [1000, b"xyz", 1.1, True, None, Tagged(1, 70000)]}
    data = dumps(item)
    for size in range(len(data) + 1):
        buf = bytearray(size)
        writer = Writer(buf)
        writer.map(2)
        writer.integer(1)
        writer.text("abc")
        writer.integer(2)
        writer.array(6)
        writer.integer(1000)
        writer.byte_string(b"_xyz_", 1, 3)
        writer.real(1.1)
        writer.boolean(1)
        writer.null()
        writer.tag(1)
        writer.integer(70000)
        assert len(buf) == size
        assert writer.full == (0 if size == len(data) else 1)
        if size == len(data):
            assert bytes(buf) == data
        writer.reset()
        assert (writer.n, writer.full) == (0, 0)


def test_steady_work_leaves_the_heap_alone():
    buf = bytearray(64)
    writer, reader = Writer(buf), Reader()
    name = b"entry1"

    def work(i):
        writer.reset()
        writer.map(3)
        writer.integer(0)
        writer.text(name, 0, 6)
        writer.integer(1)
        writer.array(4)
        writer.integer(i)
        writer.integer(-i)
        writer.integer(0x3FFFFFFF)
        writer.boolean(i & 1)
        writer.integer(2)
        writer.tag(4)
        writer.byte_string(name)
        reader.begin(buf, writer.n, 0)
        while reader.next() < END + 10 and reader.kind != END:
            if reader.kind == TEXT:
                reader.equals(name)
        reader.begin(buf, writer.n, 0)
        reader.next()
        reader.skip()

    assert growth(work) == 0
    assert not reader.error
