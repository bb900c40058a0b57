"""A worker that never answers: a process that a time limit has to end."""

from __future__ import annotations

import time

if __name__ == "__main__":
    time.sleep(3600)
