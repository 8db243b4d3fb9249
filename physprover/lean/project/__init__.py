"""The project engine: a native Lean inside a built Lake project (PhysLean and Mathlib), each process in a sandbox.

place.py     what is installed where; elan, the pinned project, its cache, the REPL: steps that can be resumed
sandbox.py   bubblewrap (no network, read-only project, private /tmp, rlimits), and one REPL process in it
judge.py     compile challenge and submission apart, compare and replay (Audit.lean)
engine.py    problems in, verdicts out

Who is believed: the REPL runs submissions and can be made to print anything, so its answer can only *refuse* or pass on.
What passes is compiled again in a fresh sandbox; then a third process, which runs no code of the submission, reads the
compiled constants as data, compares them with the challenge that we compiled ourselves, and replays them through the
kernel. One way round it is known and named: that process maps a file the submission's process wrote. `comparator`, which
re-parses an exported text instead, is the stricter check for results that are published.
"""
