from __future__ import annotations

import pytest

from data_gen.candidates import level, steps
from physprover.records import Theorem


@pytest.mark.parametrize(
    ("proof", "count"),
    [
        ("by rfl", 1),
        ("h.symm", 1),
        ("by\n  simp only [a, b]\n  omega", 2),
        ("by simp; omega", 2),
        ("by\n  cases x <;> rfl", 2),
        ("by\n  constructor\n  · rfl\n  · -- a comment; with a semicolon\n    simp", 3),
        ("by\n  induction n with\n  | zero => rfl\n  | succ n ih =>\n    simp [f]\n    omega", 4),
        ("by\n  have h : a = b := by grind\n  rw [h]", 2),
    ],
)
def test_steps_of_a_proof(proof: str, count: int) -> None:
    assert steps(proof) == count


@pytest.mark.parametrize(
    ("proof", "closed_by", "expected"),
    [
        ("by rfl", ("rfl",), 0),
        ("by simp [f]", (), 1),
        ("by\n  simp only [f]\n  omega", (), 2),
        ("by\n  cases x <;> simp [f]", (), 3),
        ("by\n" + "\n".join(f"  rw [h{i}]" for i in range(5)), (), 3),
        ("by\n" + "\n".join(f"  rw [h{i}]" for i in range(9)), (), 4),
        ("by simp [f]", None, None),
        (None, (), None),
    ],
)
def test_level(proof: str | None, closed_by: tuple[str, ...] | None, expected: int | None) -> None:
    assert (
        level(Theorem(name="t", statement="theorem t : True", proof=proof, closed_by=closed_by)) == expected
    )
