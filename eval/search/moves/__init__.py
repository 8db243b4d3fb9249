"""The actions of a search, by kind; each module names its arms and does them.

SCRIPT a closing script for the whole goal · DIRECT samples of the prover · RETRIEVE lemmas and proofs of alike statements ·
DECOMPOSE a sketch whose holes are closed one by one · REPAIR what Lean found fault with in an attempt of the prover.
"""
