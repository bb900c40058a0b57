"""Writing the journal without ever holding up the scan: a bounded queue, and one thread that commits in groups."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edge_gateway.journal.record import Draft, Kind, Record
from edge_gateway.journal.retention import Limits, forget
from edge_gateway.journal.store import Store

GROUP_MAX = 1_000
_RETRY_S = 1.0
_RETENTION_S = 2.0
_SAMPLE_SHARE = 0.75
"""Samples may fill the queue up to here; the rest is for what can't be measured again."""
_SKIP = 1_000_000
"""After the loss of a file the sequence goes on this far above what was acknowledged: more may have been sent."""

OnCommit = Callable[[Sequence[Record]], None]
"""Called in the writer's thread with entries that are on disk."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Health:
    """How the journal does. error: why nothing can be written now; empty when all is well."""

    error: str = ""
    queued: int = 0
    dropped: int = 0
    last_seq: int = 0
    commits: int = 0
    used_bytes: int = 0
    acked: dict[str, int] = field(default_factory=dict)


class JournalWriter:
    """The only writer of a journal file. `append` may be called from any thread and returns at once."""

    def __init__(
        self,
        path: Path,
        limits: Limits | None = None,
        *,
        group_ms: int = 20,
        queue: int = 20_000,
        on_commit: OnCommit | None = None,
        page_limit: int = 0,
        utc_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        resume_above: int = 0,
    ) -> None:
        """Opens the file and starts the thread. Raises sqlite3.Error when even a new file can't be made.

        resume_above: a sequence that was used already as far as others know; it is not used again. page_limit: for
        tests of a full disk.
        """
        self.limits = limits or Limits()
        self._group_s = group_ms / 1000
        self._queue_max = queue
        self._sample_max = int(queue * _SAMPLE_SHARE)
        self._on_commit = on_commit
        self._utc_ms = utc_ms
        self._waiting: list[Draft] = []
        self._acks: dict[str, int] = {}
        self._lost: dict[str, int] = {}
        self._health = Health()
        self._condition = threading.Condition()
        self._idle = threading.Event()
        self._idle.set()
        self._closing = False
        self._group = GROUP_MAX
        self._retention_due = 0.0
        lost = "the file was gone" if resume_above and not path.exists() else ""
        self._store, broken = _open(path, page_limit)
        lost = broken or lost
        self._store.skip_to(resume_above + 1 + (_SKIP if lost else 0))
        self._health.last_seq = self._store.next_seq - 1
        if lost:
            self.append(Draft(Kind.GAP, utc_ms(), "journal", "JOURNAL_REPLACED", {"reason": lost}))
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    # --- any thread ---------------------------------------------------------------------------------------------------

    def append(self, *drafts: Draft) -> int:
        """Queues entries. Returns how many were taken: those that find the queue full are lost and counted."""
        with self._condition:
            taken = 0
            for draft in drafts:
                limit = self._sample_max if draft.kind is Kind.SAMPLE else self._queue_max
                if len(self._waiting) >= limit or self._closing:
                    self._lost[draft.kind.label] = self._lost.get(draft.kind.label, 0) + 1
                    self._health.dropped += 1
                else:
                    self._waiting.append(draft)
                    taken += 1
            if taken:
                self._idle.clear()
                self._condition.notify()
            return taken

    def acknowledge(self, consumer: str, seq: int) -> None:
        """A consumer has everything up to `seq`; durable with the next commit. It never goes back."""
        with self._condition:
            self._acks[consumer] = max(seq, self._acks.get(consumer, 0))
            self._idle.clear()
            self._condition.notify()

    def keep_consumers(self, names: Sequence[str]) -> None:
        """Names those whose acknowledgement holds entries back; call before anything else. Raises sqlite3.Error."""
        with self._condition:
            self._store.forget_consumers(names)
            for name in names:
                self._store.acknowledge(name, 0)

    def health(self) -> Health:
        """A snapshot."""
        with self._condition:
            now = self._health
            return Health(
                now.error,
                len(self._waiting),
                now.dropped,
                now.last_seq,
                now.commits,
                now.used_bytes,
                dict(now.acked),
            )

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Waits until everything that was queued is on disk; False when that takes too long."""
        return self._idle.wait(timeout_s)

    def close(self, timeout_s: float = 5.0) -> bool:
        """Commits what is queued and closes the file. False when something could not be written."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        self._thread.join(timeout_s)
        done = not self._thread.is_alive() and not self._waiting
        if not self._thread.is_alive():
            self._store.close()
        return done

    # --- the writer's thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            last_try = self._closing and len(batch) == 1  # a failure from before `close` doesn't end it
            if batch and not self._commit(batch):
                with self._condition:
                    self._waiting[:0] = batch
                if last_try:
                    return
                self._pause()
                continue
            self._housekeeping()
            with self._condition:
                if not self._waiting and not self._acks:
                    self._idle.set()
                    if self._closing:
                        return

    def _next_batch(self) -> list[Draft]:
        """Waits for work, then for its companions; empty when only acknowledgements or housekeeping are due."""
        with self._condition:
            if not self._waiting and not self._acks and not self._closing:
                self._condition.wait(_RETENTION_S)
            if not self._waiting:
                return self._gap()
        if not self._closing and len(self._waiting) < self._group:
            time.sleep(self._group_s)  # this thread alone waits: entries that come now share the commit
        with self._condition:
            batch = self._waiting[: self._group]
            del self._waiting[: self._group]
            if not self._waiting:
                batch += self._gap()
            return batch

    def _gap(self) -> list[Draft]:
        """What the full queue cost, told once there is room again."""
        if not self._lost:
            return []
        lost, self._lost = self._lost, {}
        return [Draft(Kind.GAP, self._utc_ms(), "journal", "QUEUE_OVERFLOW", {"lost": lost, "reason": "queue full"})]

    def _commit(self, batch: list[Draft]) -> bool:
        try:
            seqs = self._store.append([draft.row() for draft in batch])
        except sqlite3.Error as error:
            self._failed(str(error))
            self._group = max(1, len(batch) // 2)  # a smaller piece may still fit on a disk that is nearly full
            return False
        self._group = min(GROUP_MAX, 2 * self._group)
        self._recovered(seqs[-1])
        if self._on_commit is not None:
            self._on_commit(
                [Record(seq, d.kind, d.utc_ms, d.source, d.name, d.body) for seq, d in zip(seqs, batch, strict=True)]
            )
        return True

    def _failed(self, error: str) -> None:
        with self._condition:
            first = not self._health.error
            self._health.error = error
        if first:
            log.error("the journal can't write: %s", error)

    def _recovered(self, last_seq: int) -> None:
        with self._condition:
            error, self._health.error = self._health.error, ""
            self._health.last_seq = last_seq
            self._health.commits += 1
            if error:
                body = {"error": error}
                self._waiting.append(Draft(Kind.EVENT, self._utc_ms(), "journal", "JOURNAL_RECOVERED", body))
        if error:
            log.warning("the journal writes again")

    def _pause(self) -> None:
        """Before the next try after a failure: acknowledgements may have freed something meanwhile."""
        self._retention_due = 0.0
        self._housekeeping()
        with self._condition:
            if not self._closing:
                self._condition.wait_for(lambda: self._closing, _RETRY_S)

    def _housekeeping(self) -> None:
        with self._condition:
            acks, self._acks = self._acks, {}
        try:
            for consumer, seq in acks.items():
                self._store.acknowledge(consumer, min(seq, self._store.next_seq - 1))
            now = time.monotonic()
            if now >= self._retention_due:
                gone = forget(self._store, self.limits, self._utc_ms())
                self._retention_due = now + (0.0 if gone.deleted and gone.too_big else _RETENTION_S)
                if gone.unacknowledged:
                    body = {"first": gone.first, "last": gone.last, "reason": "hard limit of the journal"}
                    self.append(Draft(Kind.GAP, self._utc_ms(), "journal", "RETENTION_LOSS", body))
                used, acked = self._store.used_bytes(), self._store.consumers()
                with self._condition:
                    self._health.used_bytes, self._health.acked = used, acked
            elif acks:
                acked = self._store.consumers()
                with self._condition:
                    self._health.acked = acked
        except sqlite3.Error as error:
            self._failed(str(error))


def _open(path: Path, page_limit: int) -> tuple[Store, str]:
    """The store, and why the file that was there had to be put aside (empty when it did not)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return Store(path, page_limit), ""
    except sqlite3.OperationalError:
        raise  # the disk or the rights are the trouble, not the file
    except sqlite3.DatabaseError as error:
        aside = path.with_name(f"{path.name}.broken-{time.time_ns() // 1_000_000_000}")
        log.exception("the journal %s is broken and is put aside as %s", path, aside.name)
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return Store(path, page_limit), str(error)
