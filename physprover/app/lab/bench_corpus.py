"""Attempts as an RL run makes them, for timing: most fail, some pass, many try a heavy tactic. The same at every call."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from data_gen.extract import extract_library
from physprover.config import DataConfig
from physprover.errors import DataError
from physprover.lean.protocol import Check, Problem
from physprover.portfolio import PORTFOLIO, portfolio_proof
from physprover.records import read_jsonl, write_jsonl

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.records import Theorem

PASSING = 0.1  # share of attempts that are a reference proof
SEED = 20261122
_WORD = re.compile(r"\w[\w.'!?]*|[^\w\s]")


def make_corpus(library: Path, attempts: int, theorems: int, seconds: float, seed: int = SEED) -> list[Check]:
    """`attempts` checks over `theorems` theorems of a library.

    A tenth are reference proofs, the rest half single tactics of the portfolio, half reference proofs with one word
    dropped, doubled, exchanged with another of the same proof, or cut off after.
    """
    draw = random.Random(seed)
    proved = [t for t in extract_library(library, DataConfig().context) if t.proof]
    if not proved:
        raise DataError(f"{library}: no theorem with a proof in it")
    chosen = draw.sample(proved, min(theorems, len(proved)))
    return [_attempt(k, draw.choice(chosen), draw, seconds) for k in range(attempts)]


def _attempt(number: int, theorem: Theorem, draw: random.Random, seconds: float) -> Check:
    proof, kind = str(theorem.proof), draw.random()
    if kind >= PASSING:
        proof = corrupt(proof, draw) if kind < (1 + PASSING) / 2 else portfolio_proof(draw.choice(PORTFOLIO))
    return Check(id=str(number), problem=Problem.of(theorem), proof=proof, seconds=seconds, messages=0)


def corrupt(proof: str, draw: random.Random) -> str:
    """One slip of the pen: a different text, never an empty one."""
    words = list(_WORD.finditer(proof))
    for _ in range(20):
        word, other = draw.choice(words), draw.choice(words)
        before, after = proof[: word.start()], proof[word.end() :]
        changed = draw.choice(
            (before + after, before + word[0] + " " + word[0] + after, before + other[0] + after, before)
        )
        if changed.strip() and changed != proof:
            return changed
    return proof + " slip"


def load_corpus(saved: Path, library: Path, attempts: int, theorems: int, seconds: float) -> list[Check]:
    """The corpus in `saved`, made and written first where there is none."""
    if not saved.exists():
        saved.parent.mkdir(parents=True, exist_ok=True)
        write_jsonl(saved, make_corpus(library, attempts, theorems, seconds))
    checks = list(read_jsonl(saved, Check))
    if not checks:
        raise DataError(f"{saved}: no attempts in it")
    return checks[:attempts]
