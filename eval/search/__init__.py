"""Proof search that spends one audited budget where it is worth most.

budget.py      what may be spent, and the log of what was            score.py      the value of an action per unit of it
desk.py        the only way to Lean and the prover: by reservation   experience.py what has worked so far, and how alike statements are
sketch.py      proofs with holes, read off Lean's errors             policies.py   who decides: the score, and the baselines
moves/         DIRECT, RETRIEVE, SCRIPT, DECOMPOSE, REPAIR           search.py     one statement; finalize.py tidies what was found
bm25.py        the retriever                                         study.py      all policies, budgets and seeds in one run
"""
