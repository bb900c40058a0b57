"""Time of the week in minutes, of the clock that the board was given (domain brief §4b, §5 "time not synced")."""

from protocols.port import const

WEEK = const(10080)
UNKNOWN = const(-1)
_WEEK_S = const(604800)


def week_minute(high, low, zone_min):
    """Minute of the local week, 0 is Monday 00:00, of UTC seconds in two 16-bit words (no product leaves 31 bits)."""
    # 65536 s is 512 * 128 s, and a week 4725 * 128 s; 1970 began on a Thursday.
    seconds = (high * 512 % 4725 * 128 + low) % _WEEK_S
    return (seconds // 60 + 4320 + zone_min) % WEEK


def minutes_until(at, now):
    """From minute `now` of the week until minute `at`, 0..10079."""
    return (at - now) % WEEK
