"""Verify proofs: three attempts at one theorem, judged by Lean. No model, no GPU; about ten seconds.

python examples/verify_proofs.py
"""

import sys

from physprover.config import EngineConfig
from physprover.errors import PhysProverError
from physprover.lean.ask import open_pool
from physprover.lean.protocol import Check, Problem

HEADER = "def kineticEnergy (m v : Int) : Int := m * v * v"
STATEMENT = "theorem kinetic_energy_even (m v : Int) : kineticEnergy m (-v) = kineticEnergy m v"
PROOFS = ("by grind [kineticEnergy]", "by rfl", "by sorry")


def main() -> None:
    """Print a verdict for each proof."""
    problem = Problem(header=HEADER, statement=STATEMENT)
    checks = [Check(id=proof, problem=problem, proof=proof) for proof in PROOFS]
    with open_pool(EngineConfig(workers=1)) as lean:
        for check, verdict in lean.check_many(checks):
            reason = verdict.messages[0].splitlines()[0] if verdict.messages else ""
            print(f"{check.id:<26} {verdict.outcome.value:<9} reward {verdict.reward}  {reason}")


if __name__ == "__main__":
    try:
        main()
    except PhysProverError as error:
        sys.exit(str(error))
