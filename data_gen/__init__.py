"""Stage 1: a physics library in Lean becomes a training set of statements that Lean has judged."""
