"""PhysProver: reinforcement learning with verifiable rewards for formal physics.

This package holds the nouns (records, config, runs, prompts) and the trusted core (`physprover.lean`).
The three stages (`data_gen`, `rl`, `eval`) import it; it imports none of them.
"""

__version__ = "0.1.0"
