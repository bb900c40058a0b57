"""Makes the HAL of an emulated board from the command line of its MicroPython process (see `firmware.main`)."""

import select
import sys

from firmware.hal.carrier import SocketCarrier
from firmware.hal.emulated import Emulated
from firmware.hal.sockets import Sockets
from firmware.runtime.config import DEV_ID
from firmware.runtime.store import DirStore

_OPTIONS = ("--program", "--unit", "--dev-id", "--link", "--storage", "--tcp")


def option(name, default):
    """The value that follows `name` on the command line."""
    arguments = sys.argv
    return arguments[arguments.index(name) + 1] if name in arguments else default


def positional():
    """The arguments that belong to no option."""
    found = []
    skip = True  # the script's own name
    for argument in sys.argv:
        if skip:
            skip = False
        elif argument in _OPTIONS:
            skip = True
        else:
            found.append(argument)
    return found


def runtime_text():
    """Name and version of what runs us: "micropython 1.28.0"."""
    name, version = sys.implementation[0], sys.implementation[1]
    return ("%s %d.%d.%d" % (name, version[0], version[1], version[2])).encode()


def held():
    """An emulated board has nobody in front of it who would hold it."""
    return False


def open_board(table, unit, dev_id, configure):
    """The open HAL and the configuration of an emulated board."""
    arguments = positional() + ["", "", "0"]
    link = int(option("--link", arguments[0]))
    store = DirStore(option("--storage", arguments[1]))
    tcp = int(option("--tcp", arguments[2] or "0"))
    config = configure(table, store, int(option("--unit", unit)), int(option("--dev-id", dev_id)))
    poller = select.poll()
    sockets = Sockets(tcp, poller, "127.0.0.1") if tcp else None
    hal = Emulated(table, SocketCarrier(link, poller), store, runtime_text(), sockets, tcp)
    hal.open(config.value(DEV_ID))
    return hal, config
