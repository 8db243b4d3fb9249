"""Problems for the tests of samplers: short, alike, of growing length."""

from physprover.records import Theorem

THEOREMS = [
    Theorem(
        name=f"t{i}",
        statement=f"theorem t{i} (n : Nat) : n + {'n + ' * i}0 = {i + 1} * n",
        proof="by\n  induction n with\n  | zero => rfl\n  | succ n ih => omega",
    )
    for i in range(6)
]
