"""Stage 3: benchmarks, pass@k with intervals, baselines, paired comparison, report."""
