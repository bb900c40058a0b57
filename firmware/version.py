"""Version of the firmware. A bundle adds `firmware/build.py` with the source hash of what it was made from."""

VERSION = (0, 1, 0)
VENDOR = b"District Edge"
HARDWARE_REVISION = 1

try:
    from firmware import build  # pyright: ignore[reportAttributeAccessIssue]

    SOURCE_HASH = build.SOURCE_HASH  # 32 bits as (high word, low word)
except ImportError:  # run from the source tree
    SOURCE_HASH = (0, 0)
