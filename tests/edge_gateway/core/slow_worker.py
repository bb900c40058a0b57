"""A worker that never answers: a process that a time limit has to end."""

from __future__ import annotations

import signal

if __name__ == "__main__":
    signal.pause()
