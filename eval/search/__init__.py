"""Proof search that spends one audited budget where it is worth most.

budget.py      what may be spent, and the log of what was            case.py      one statement under search, the holes of its sketches
desk.py        the only way to Lean and the prover: by reservation   moves.py     what may be done next, by kind
library.py     lemmas and proofs of alike statements                 policies.py  who decides: the score, and the baselines
sketch.py      proofs with holes, read off Lean's errors             router.py    a survey of all moves, and the policy that it teaches
experience.py  what has worked so far, and how alike statements are  search.py    one statement; study.py  many, and all policies
"""
