"""Provers: what samples proofs (`sampler`), the tiny model built on the spot, and loading of real ones."""
