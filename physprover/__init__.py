"""PhysProver: reinforcement learning with verifiable rewards for formal physics.

This package holds the nouns (records, config, runs, prompts) and the trusted core (`physprover.lean`).
The three stages (`data_gen`, `rl`, `eval`) import it; it imports none of them.
"""

import os

# Read by OpenMP when torch is imported. Its threads spin while they wait, which is harmless on an idle machine; beside
# Lean workers and a sampler on the same cores it made an update cost 3 and a decoding step 5 to 20 times its CPU time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
