"""The one way to ask Lean: open a pool, send each distinct question once, remember the answers, retry lost ones.

    with open_pool(config.engine) as lean:
        for check, verdict in lean.check_many(checks): ...

A question is header (whether it is trusted and what its holes mean), statement, proof and the number of messages wanted; its key is their hash
with the engine's identity. Rules, the same for data builds, training, evaluation and search:

* Equal questions that are open at the same time are one question. Young models repeat 15-70 % of their samples.
* Whatever Lean decided (proved, rejected, cheated, a header that does not elaborate) is never asked again.
* A time-out is remembered by this process for deadlines no longer than its own; so are lost workers, after the retry.
* A check whose worker was lost (crashed, out of memory, infrastructure) is retried once, at the end: a worker that has
  judged for hours may be full, and the check that finds it so is not to blame. So is one that the wall clock ended before
  its CPU seconds were used, and that is remembered nowhere: it says more about the machine than about the proof.

`engine.verdicts` names a file that other processes and later runs share; it keeps what Lean decided and nothing else.
"""

from __future__ import annotations

import hashlib
import math
import sqlite3
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from physprover.config import EngineConfig
from physprover.errors import DataError
from physprover.lean import engine_kind
from physprover.lean.protocol import Check, Pool, Problem
from physprover.progress import Progress
from physprover.records import Attempt, JudgedAttempt, Outcome, Theorem, Verdict

KEPT = frozenset({Outcome.PROVED, Outcome.REJECTED, Outcome.CHEATED})
_LOST = frozenset({Outcome.CRASHED, Outcome.OUT_OF_MEMORY, Outcome.INFRASTRUCTURE})
_CAPACITY = 200_000  # verdicts in memory
_WAIT_SECONDS = 30.0  # for another process that is writing
_SCHEMA = "CREATE TABLE IF NOT EXISTS verdicts (key BLOB PRIMARY KEY, verdict TEXT NOT NULL) WITHOUT ROWID"


class Store(Protocol):
    """Where answers outlive the process."""

    def get(self, key: bytes, seconds: float) -> Verdict | None:
        """The kept verdict that answers `key` under a deadline of `seconds`."""
        ...

    def put(self, key: bytes, check: Check, verdict: Verdict) -> None:
        """Keep an answer, if this store keeps its kind."""
        ...

    def close(self) -> None: ...


@contextmanager
def open_pool(
    config: EngineConfig, checks: int | None = None, progress: Progress | None = None
) -> Iterator[Asker]:
    """Open `config.workers` engines on this machine, no more than there are `checks`; they end with the block.

    Installs the embedded Lean first where it is needed and missing, shown on `progress`. `config.verdicts` is honoured.
    """
    from physprover.lean.pool import LocalPool

    if engine_kind(config) == "embedded":
        from physprover.lean.embedded.install import ensure_installed

        ensure_installed(progress)
    workers = config.workers if checks is None else max(1, min(config.workers, checks))
    with Asker.of(LocalPool(config.model_copy(update={"workers": workers})), config) as pool:
        yield pool


def judge_attempts(
    attempts: Iterable[Attempt],
    theorems: Mapping[str, Theorem],
    pool: Pool,
    seconds: float,
    *,
    messages: int = 1,
) -> Iterator[JudgedAttempt]:
    """Yield each attempt with its verdict as soon as it is known; `attempts` is drawn while Lean works.

    Args:
        attempts: What to judge; each names one of `theorems`.
        theorems: By name.
        pool: Any pool; equal texts share one check also where it is no `Asker`.
        seconds: Deadline of a check.
        messages: Lean messages that come with a verdict; to write one takes a quarter of the time of a failing check.
    """
    open_: dict[str, Attempt] = {}

    def checks() -> Iterator[Check]:
        for number, attempt in enumerate(attempts):
            open_[str(number)] = attempt
            problem = Problem.of(theorems[attempt.theorem])
            yield Check(
                id=str(number), problem=problem, proof=attempt.proof, seconds=seconds, messages=messages
            )

    for check, verdict in Asker.of(pool).check_many(checks()):
        yield JudgedAttempt(attempt=open_.pop(check.id), verdict=verdict)


class Asker:
    """`protocol.Pool` around another one, with the rules of this module. Closing it closes the inner pool.

    Counts: `hits` (answered from memory or the store), `shared` (answered by an equal open check), `asked` (of Lean).
    """

    def __init__(
        self, pool: Pool, store: Store | None = None, identity: str = "", capacity: int = _CAPACITY
    ) -> None:
        """Around another `Asker`, its pool and its stores are used too.

        Args:
            pool: What answers.
            store: Where answers outlive this process.
            identity: Names the engine in the keys; a store that several engines share needs it.
            capacity: Verdicts in memory; the least recently used leave first.
        """
        self._capacity = capacity
        inner = pool if isinstance(pool, Asker) else None
        self._pool: Pool = inner._pool if inner is not None else pool
        self._stores: tuple[Store, ...] = (
            *((store,) if store is not None else ()),
            *(inner._stores if inner is not None else ()),
        )
        self._identity: str = identity or (inner._identity if inner is not None else "")
        self._memory: OrderedDict[bytes, tuple[Verdict, float]] = OrderedDict()  # with the longest deadline
        self._lock = threading.Lock()  # a pool may draw checks in another thread
        self.hits = self.shared = self.asked = 0

    @classmethod
    def of(cls, pool: Pool, config: EngineConfig | None = None) -> Asker:
        """`pool` itself where it is one already; else one around it, with the store that `config.verdicts` names."""
        if isinstance(pool, Asker):
            return pool
        if config is None or config.verdicts is None:
            return cls(pool)
        return cls(pool, VerdictStore(Path(config.verdicts)), engine_identity(config))

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """See `protocol.Pool.check_many`."""
        ready: deque[tuple[Check, Verdict]] = deque()
        twins: dict[tuple[bytes, float], list[Check]] = {}
        lost: list[Check] = []

        def unknown() -> Iterator[Check]:  # drawn by the inner pool at its own pace
            for check in checks:
                if check.fresh or self._is_open(check, twins, ready):
                    yield check

        def settle(check: Check, verdict: Verdict) -> Iterator[tuple[Check, Verdict]]:
            waiting: list[Check] = []
            if not check.fresh:
                key = key_of(check, self._identity)
                with self._lock:
                    self._keep(key, check, verdict)
                    waiting = twins.pop((key, check.seconds))
            for answered in (check, *waiting):
                yield answered, verdict

        for check, verdict in self._pool.check_many(unknown()):
            if was_lost(verdict):
                lost.append(check)
            else:
                yield from settle(check, verdict)
            while ready:
                yield ready.popleft()
        while ready:
            yield ready.popleft()
        for check, verdict in self._pool.check_many(lost) if lost else ():
            yield from settle(check, verdict)

    def _is_open(
        self,
        check: Check,
        twins: dict[tuple[bytes, float], list[Check]],
        ready: deque[tuple[Check, Verdict]],
    ) -> bool:
        """Whether Lean has to be asked; else the check waits in `twins` or is answered in `ready`."""
        key = key_of(check, self._identity)
        with self._lock:
            if (key, check.seconds) in twins:
                self.shared += 1
                twins[key, check.seconds].append(check)
                return False
            if (verdict := self._known(key, check.seconds) or self._proved(check)) is not None:
                self.hits += 1
                ready.append((check, verdict))
                return False
            self.asked += 1
            twins[key, check.seconds] = []
            return True

    def remember(self, check: Check, verdict: Verdict) -> None:
        """Take over an answer that an earlier process recorded."""
        with self._lock:
            self._keep(key_of(check, self._identity), check, verdict)

    def _known(self, key: bytes, seconds: float) -> Verdict | None:
        found = self._memory.get(key)
        if found is not None and seconds <= found[1]:
            self._memory.move_to_end(key)
            return found[0]
        kept = next((v for store in self._stores if (v := store.get(key, seconds)) is not None), None)
        if kept is not None:
            self._recall(key, kept, seconds)
        return kept

    def _proved(self, check: Check) -> Verdict | None:
        """An accepted proof has no messages to tell: whoever asked without them has the same answer."""
        if not check.messages:
            return None
        found = self._known(key_of(check.replace(messages=0), self._identity), check.seconds)
        return found if found is not None and found.outcome is Outcome.PROVED else None

    def _keep(self, key: bytes, check: Check, verdict: Verdict) -> None:
        if verdict.by_clock or (verdict.outcome is Outcome.INFRASTRUCTURE and verdict.check != "header"):
            return
        self._recall(key, verdict, check.seconds)
        for store in self._stores:
            store.put(key, check, verdict)

    def _recall(self, key: bytes, verdict: Verdict, seconds: float) -> None:
        decided = verdict.outcome in KEPT or verdict.check == "header"
        deadline = math.inf if decided else seconds
        if deadline > self._memory.get(key, (None, 0.0))[1]:
            self._memory[key] = (verdict, deadline)
            if len(self._memory) > self._capacity:
                self._memory.popitem(last=False)

    def close(self) -> None:
        for store in self._stores:
            store.close()
        self._pool.close()

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class VerdictStore:
    """`Store` in one SQLite file, safe for several processes and threads; a damaged file is set aside and begun anew.

    A disk that fails stops the writing, not the checks: `fault` says why.
    """

    def __init__(self, path: Path) -> None:
        """Raises `DataError` where the file cannot be opened."""
        self.path = path
        self.fault = ""
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._database = self._open()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                path.replace(path.with_name(path.name + ".damaged"))
                self._database = self._open()
        except (OSError, sqlite3.Error) as error:
            raise DataError(f"{path}: the verdict cache cannot be opened: {error}") from None

    def _open(self) -> sqlite3.Connection:
        from filelock import FileLock

        database = sqlite3.connect(
            self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            # One process at a time: SQLite does not wait for the lock that a change of the journal needs.
            with FileLock(f"{self.path}.lock", timeout=_WAIT_SECONDS):
                # A reader never waits for a writer. Where the file system cannot do it, SQLite keeps its older journal.
                database.execute("PRAGMA journal_mode=WAL")
                database.execute("PRAGMA synchronous=NORMAL")
                database.execute(_SCHEMA)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def get(self, key: bytes, seconds: float = math.inf) -> Verdict | None:  # noqa: ARG002 - decided for good
        """The kept verdict, or None. An unreadable row counts as missing: it costs one check."""
        try:
            with self._lock:
                row = self._database.execute("SELECT verdict FROM verdicts WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            self.fault = str(error)
            return None
        if row is not None:
            with suppress(ValidationError):
                return Verdict.model_validate_json(row[0])
        return None

    def put(self, key: bytes, check: Check | None, verdict: Verdict) -> None:  # noqa: ARG002
        """Keep a verdict that is Lean's own; others are left out."""
        if verdict.outcome not in KEPT:
            return
        try:
            with self._lock:
                self._database.execute(
                    "INSERT OR REPLACE INTO verdicts VALUES (?, ?)", (key, verdict.model_dump_json())
                )
        except sqlite3.Error as error:
            self.fault = str(error)

    def __len__(self) -> int:
        with self._lock:
            return int(self._database.execute("SELECT count(*) FROM verdicts").fetchone()[0])

    def close(self) -> None:
        with self._lock:
            self._database.close()


def was_lost(verdict: Verdict) -> bool:
    """Whether the check's worker was lost, or ended while it waited, so that it is asked once more."""
    return verdict.by_clock or (verdict.outcome in _LOST and verdict.check != "header")


def key_of(check: Check, identity: str = "") -> bytes:
    """32 bytes that stand for one question to one engine; no two different questions share their text."""
    digest = hashlib.blake2b(digest_size=32)
    problem = (str(value) for _, value in check.problem)  # all fields: none can be forgotten here
    for part in (identity, str(check.messages), *problem, check.proof):
        data = part.encode("utf-8", "surrogatepass")
        # The lengths keep ("a", "bc") and ("ab", "c") apart.
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def engine_identity(config: EngineConfig) -> str:
    """Everything about an engine that can change a verdict: make, version, our code that drives it, judge on or off."""
    kind = engine_kind(config)
    engine = _embedded_identity() if kind == "embedded" else _project_identity(config)
    return f"{kind} {engine} judge={config.judge}"


def _embedded_identity() -> str:
    from physprover.lean.embedded import glue, install

    ours = hashlib.blake2b(digest_size=16)
    folder = Path(install.__file__).parent
    for source in sorted((*folder.glob("*.cjs"), folder / "engine.py")):
        ours.update(source.name.encode() + b"\0" + source.read_bytes())
    return f"{install.INTEGRITY} glue {glue.GLUE_VERSION} driver {ours.hexdigest()}"


def _project_identity(config: EngineConfig) -> str:
    from physprover.lean.project.place import fingerprint
    from physprover.resources import project_folder

    if config.project_dir is None:
        raise DataError('engine.kind = "project" needs engine.project_dir')
    return fingerprint(project_folder(config.project_dir))
