from __future__ import annotations

import pytest

from physprover.lean.text.statements import split_statement
from physprover.lean.text.tokens import mask


@pytest.mark.parametrize(
    ("text", "statement", "proof", "form"),
    [
        ("theorem a : 1 = 1 := by\n  rfl", "theorem a : 1 = 1 ", "by\n  rfl", "assign"),
        ("theorem a : f (d := 2) = 1 := rfl", "theorem a : f (d := 2) = 1 ", "rfl", "assign"),
        ("theorem a : let x := 1; x = 1 := rfl", "theorem a : let x := 1; x = 1 ", "rfl", "assign"),
        ("lemma a : Nonempty T where\n  x := 1", "lemma a : Nonempty T ", "where\n  x := 1", "where"),
        (
            "theorem a : ∀ n, n = n\n  | 0 => rfl\n  | _ => rfl",
            "theorem a : ∀ n, n = n",
            "| 0 => rfl\n  | _ => rfl",
            "match",
        ),
        ("lemma a :\n  |x| = y := by simp", "lemma a :\n  |x| = y ", "by simp", "assign"),
        (
            "lemma a : (match s with\n | u => 1) = match s with\n  | u => 1\n  | v => 2 := by rfl",
            "lemma a : (match s with\n | u => 1) = match s with\n  | u => 1\n  | v => 2 ",
            "by rfl",
            "assign",
        ),
    ],
)
def test_split(text: str, statement: str, proof: str, form: str) -> None:
    split = split_statement(mask(text).masked)
    assert split is not None
    assert text[: split.statement_end] == statement
    assert text[split.proof_start :].strip() == proof
    assert split.form == form


def test_no_proof() -> None:
    assert split_statement("theorem a : 1 = 1") is None
