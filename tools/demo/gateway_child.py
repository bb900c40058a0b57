"""`python -m tools.demo.gateway_child ARGS`: `edgectl ARGS` that ends when its standard input closes.

So the gateway of a demo ends with the demo, however that ends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from edge_gateway.cli.app import run


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_input, name="end with input", daemon=True).start()
    sys.exit(run(sys.argv[1:]))
