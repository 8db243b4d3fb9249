"""PhysProver's problems and Lean judge as an lm-evaluation-harness task; `--include_path` is this folder."""
