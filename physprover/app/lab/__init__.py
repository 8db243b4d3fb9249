"""Benchmarks, studies and the optimizer evidence: what measures the project on this machine."""
