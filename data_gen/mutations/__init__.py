"""Symbolic conjecture rules. Each takes a seed and drafts statements near it, with the proofs that might carry over.

A rule need not be sound: Lean elaborates and proves or refuses each draft afterwards. A rule is worth having when a
fair share of its drafts survive and its survivors need a way of proving that the others do not.
"""
