"""Conjecture generators behind one protocol, `data_gen.candidates.Generator`: symbolic rules (`data_gen.mutations`), laws of
definitions (`explore`), a language model (`llm`), a prover (`self_play`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_gen.generators.explore import Explore
from data_gen.mutations import Mutations

if TYPE_CHECKING:
    from pathlib import Path

    from data_gen.candidates import Generator
    from physprover.config import RunConfig

__all__ = ["make_generators"]


def make_generators(config: RunConfig, out: Path) -> list[Generator]:
    """The generators of `config.data.generators` in order. Raises `ConfigError` or `ModelError` where one cannot start."""
    return [_make(name, config, out) for name in config.data.generators]


def _make(name: str, config: RunConfig, out: Path) -> Generator:
    if name == "llm":
        from data_gen.generators.llm import LanguageModel

        return LanguageModel(config.data.llm, out / "requests.jsonl")
    if name == "self-play":
        from data_gen.generators.self_play import load_conjecturer

        return load_conjecturer(config, out)
    if name == "explore":
        return Explore(config.data.laws_per_definition, config.seed, config.data.max_statement_chars)
    return Mutations(config.data.conjectures_per_seed, config.seed, config.data.max_statement_chars)
