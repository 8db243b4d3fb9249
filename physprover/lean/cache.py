"""Verdicts by content: the same question is never put to the same Lean twice, in this run or the next.

A key is the hash of header (and whether it is trusted), statement, proof, how many messages are wanted, the engine's exact identity and whether the
judge was on. Only what Lean itself decided is written (proved, rejected, cheated). A time-out, a crash or a lack of memory
says something about the machine at that moment: it is asked again by the next process, and by this one when it is given a
longer deadline.

    with LocalPool(config) as pool:
        for check, verdict in CachedPool(pool, run.path / "verdicts.sqlite").check_many(checks): ...
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from physprover.errors import DataError
from physprover.records import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from physprover.config import EngineConfig
    from physprover.lean.protocol import Check, Pool

KEPT = frozenset({Outcome.PROVED, Outcome.REJECTED, Outcome.CHEATED})
_WAIT_SECONDS = 30.0  # for another process that is writing
_SCHEMA = "CREATE TABLE IF NOT EXISTS verdicts (key BLOB PRIMARY KEY, verdict TEXT NOT NULL) WITHOUT ROWID"


class ConfiguredPool(Protocol):
    """A `protocol.Pool` that says what engines it opened."""

    @property
    def config(self) -> EngineConfig: ...

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]: ...

    def close(self) -> None: ...


def default_path() -> Path:
    """Where verdicts are kept when no run directory is given: beside the downloads ($PHYSPROVER_CACHE)."""
    from physprover.cache import cache_dir

    return cache_dir() / "verdicts.sqlite"


class CachedPool:
    """`protocol.Pool` around another one. Identical checks that are open at the same time are asked once.

    Counts: `hits` (answered from the file, or from memory), `shared` (answered by an identical open check), `asked`. Closing it closes
    the inner pool. `identity` names the engine where the inner pool has no `config`.
    """

    def __init__(self, pool: Pool | ConfiguredPool, path: Path | None = None, identity: str = "") -> None:
        self._pool = pool
        self._identity = identity or _identity_of(pool)
        self._store = VerdictStore(path or default_path())
        self._ended: dict[bytes, tuple[Verdict, float]] = {}  # key -> how it ended, and at which deadline
        self.hits = self.shared = self.asked = 0

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """See `protocol.Pool.check_many`."""
        ready: deque[tuple[Check, Verdict]] = deque()
        twins: dict[tuple[bytes, float], list[Check]] = {}

        def unknown() -> Iterator[Check]:  # drawn by the inner pool at its own pace
            for check in checks:
                key = key_of(check, self._identity)
                if (key, check.seconds) in twins:
                    self.shared += 1
                    twins[key, check.seconds].append(check)
                elif (verdict := self._known(key, check.seconds)) is not None:
                    self.hits += 1
                    ready.append((check, verdict))
                else:
                    self.asked += 1
                    twins[key, check.seconds] = []
                    yield check

        for check, verdict in self._pool.check_many(unknown()):
            key = key_of(check, self._identity)
            self._keep(key, verdict, check.seconds)
            yield check, verdict
            for twin in twins.pop((key, check.seconds)):
                yield twin, verdict
            yield from _drained(ready)
        yield from _drained(ready)

    def _known(self, key: bytes, seconds: float) -> Verdict | None:
        verdict, deadline = self._ended.get(key, (None, 0.0))
        return self._store.get(key) or (verdict if seconds <= deadline else None)

    def _keep(self, key: bytes, verdict: Verdict, seconds: float) -> None:
        if verdict.outcome in KEPT:
            self._store.put(key, verdict)
        elif verdict.outcome is not Outcome.INFRASTRUCTURE and seconds > self._ended.get(key, (None, 0.0))[1]:
            self._ended[key] = (verdict, seconds)

    @property
    def fault(self) -> str:
        """Why verdicts are no longer written (a full disk), or empty. Checking goes on without."""
        return self._store.fault

    def close(self) -> None:
        self._store.close()
        self._pool.close()

    def __enter__(self) -> CachedPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _drained(answers: deque[tuple[Check, Verdict]]) -> Iterator[tuple[Check, Verdict]]:
    while answers:
        yield answers.popleft()


class VerdictStore:
    """One SQLite file, safe for several processes and threads; a damaged file is set aside and begun anew."""

    def __init__(self, path: Path) -> None:
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
        database = sqlite3.connect(
            self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            # A reader never waits for a writer. Where the file system cannot do it, SQLite keeps its older journal.
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute(_SCHEMA)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def get(self, key: bytes) -> Verdict | None:
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

    def put(self, key: bytes, verdict: Verdict) -> None:
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


def key_of(check: Check, identity: str) -> bytes:
    """32 bytes that stand for one question to one engine; no two different questions share their text."""
    digest = hashlib.blake2b(digest_size=32)
    problem = check.problem
    parts = (
        identity,
        str(check.messages),
        str(problem.trusted_header),
        problem.header,
        problem.statement,
        check.proof,
    )
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        # The lengths keep ("a", "bc") and ("ab", "c") apart.
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def engine_identity(config: EngineConfig) -> str:
    """Everything about an engine that can change a verdict: make, version, our code that drives it, judge on or off."""
    from physprover.lean import engine_kind

    kind = engine_kind(config)
    engine = _embedded_identity() if kind == "embedded" else _project_identity(config)
    return f"{kind} {engine} judge={config.judge}"


def _identity_of(pool: Pool | ConfiguredPool) -> str:
    config = getattr(pool, "config", None)
    if config is None:
        raise TypeError(f"{type(pool).__name__} has no `config`: say which engine it is by `identity`")
    return engine_identity(config)


def _embedded_identity() -> str:
    from physprover.lean.embedded import glue, install

    ours = hashlib.blake2b(digest_size=16)
    folder = Path(install.__file__).parent
    for source in sorted((*folder.glob("*.cjs"), folder / "engine.py")):
        ours.update(source.name.encode() + b"\0" + source.read_bytes())
    return f"{install.INTEGRITY} glue {glue.GLUE_VERSION} driver {ours.hexdigest()}"


def _project_identity(config: EngineConfig) -> str:
    from physprover.lean.project.place import fingerprint, project_folder

    if config.project_dir is None:
        raise DataError('engine.kind = "project" needs engine.project_dir')
    return fingerprint(project_folder(config.project_dir))
