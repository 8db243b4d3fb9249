"""Proof bodies of the baselines."""

from __future__ import annotations

from physprover.portfolio import portfolio_proof, template_proof


def test_a_single_tactic_is_the_whole_proof() -> None:
    assert portfolio_proof("omega") == "by omega"


def test_a_template_is_told_the_definitions() -> None:
    assert template_proof("simp only [defs]; grind", ["a", "b"]) == "by\n  simp only [a, b]\n  grind"
    assert template_proof("grind [defs]", []) == "by\n  grind []"
