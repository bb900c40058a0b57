"""CBOR (RFC 8949) in the deterministic form of its section 4.2.1, in place and without heap.

`Writer` and `Reader` work on a buffer that the caller keeps: what they don't convert they don't copy, and errors are
codes. `dumps` and `loads` turn whole objects, for the cold path and the desk; they raise `CborError` with the offset.

The subset: integers of 64 bits, byte and text strings, arrays, maps whose keys are integers or strings, tags, false,
true, null, floats. Read strictly (the default), there is one encoding of everything: shortest heads, shortest floats,
NaN as f9 7e00, keys in bytewise order and only once. Indefinite lengths, other simple values and other keys are refused
in any case, and so is nesting beyond `MAX_DEPTH`.

Heap on a board: none for integers below 2**30 and for strings left in the buffer. Larger integers are big ones there,
and every float is a box; on ports with single precision a float of 64 bits loses digits.
"""

from protocols.cbor.objects import CborError, Tagged, dumps, loads
from protocols.cbor.reader import MAX_DEPTH, Reader
from protocols.cbor.writer import Writer

__all__ = ("MAX_DEPTH", "CborError", "Reader", "Tagged", "Writer", "dumps", "loads")
