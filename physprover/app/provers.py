"""From what a user names (a run directory or a model) to weights, settings, and the tools of a search."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from data_gen.extract import extract_library
from data_gen.library import read_library
from data_gen.splits import split_library
from eval.search.desk import Limits
from eval.search.experience import Experience
from eval.search.library import Retriever
from eval.search.search import Tools
from physprover.app.display import Display
from physprover.config import RunConfig
from physprover.config_file import load_config
from physprover.dataset import data_path, load_theorems
from physprover.errors import ConfigError, ModelError, RunError
from physprover.lean.ask import open_pool
from physprover.models.fetch import fingerprint, resolve_model
from physprover.models.sampler import Sampler
from physprover.records import Theorem
from physprover.resources import resolve
from physprover.runs import RunDir

# Of the published evaluations of 7B provers; within the tiny prover's lengths nearly every answer would be cut.
_PROMPT_TOKENS, _NEW_TOKENS = 4096, 2048


def open_run(path: Path) -> RunDir:
    """An existing run directory. Raises `RunError` when the folder is none."""
    if not (path / "config.toml").exists():
        raise RunError(f"{path}: not a run directory (no config.toml in it)")
    return RunDir(path)


def newest_run(output: Path) -> Path:
    """The run directory touched last. Raises `RunError` when there is none."""
    runs = [config.parent for config in output.glob("*/config.toml")]
    if not runs:
        raise RunError(
            f"no run in {output}/; make one with `physprover run configs/quickstart.toml`, or give --model"
        )
    return max(runs, key=lambda run: (run / "config.toml").stat().st_mtime)


class Prover(NamedTuple):
    """What was found under the name a user gave."""

    weights: str  # to load; "" without a prover
    config: RunConfig  # to sample with
    run: RunDir | None  # the run they come from, if any

    @property
    def data(self) -> Path | None:
        """The data set of its run."""
        return data_path(self.config, self.run.path) if self.run else None

    @property
    def results(self) -> Path:
        """Where evaluations and searches of it go by default."""
        return (self.run.path if self.run else Path("runs")) / "eval"


def find_model(name: str, overrides: Sequence[str] = ()) -> Prover:
    """The prover that a name means.

    A run directory gives its newest complete checkpoint (or the best one, see `rl.final`), or its warm start. Any other name is a Hugging Face model.
    """
    config, run = find_settings(name, overrides)
    if run is None:
        return Prover(resolve_model(name), config, None)
    weights = run.final_checkpoint()
    if weights is None and (run.path / "warmstart" / "config.json").exists():
        weights = run.path / "warmstart"
    if weights is None:
        raise RunError(f"{name}: the run has no weights yet; continue it with `physprover run`")
    return Prover(str(weights), config, run)


def find_settings(name: str, overrides: Sequence[str] = ()) -> tuple[RunConfig, RunDir | None]:
    """The settings that belong to a run directory, or to a model by name, whether it has weights or not."""
    path = Path(name)
    if (path / "config.toml").exists():
        return load_config(path / "config.toml", tuple(overrides)), open_run(path)
    if path.is_dir() and not (path / "config.json").exists():
        if (path / "adapter_config.json").is_file():
            raise ModelError(_adapter(path))
        raise ModelError(f"{name}: neither a run directory (config.toml) nor a model (config.json)")
    return _defaults(name, overrides), None


def _adapter(folder: Path) -> str:
    """What an adapter in PEFT's format is, and what to do with it."""
    if folder.name == "adapter" and (folder.parent / "config.json").exists():
        return f"{folder}: the adapter of a checkpoint; give {folder.parent}, whose weights hold it already"
    try:
        base = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))[
            "base_model_name_or_path"
        ]
    except (ValueError, KeyError, TypeError, OSError):
        base = None
    return (
        f"{folder}: an adapter of {base or 'another model'}, no model: merge it (peft: "
        "`AutoPeftModelForCausalLM.from_pretrained(…).merge_and_unload().save_pretrained(NEW)`, and its tokenizer) and give NEW"
    )


def _defaults(name: str, overrides: Sequence[str]) -> RunConfig:
    path = f"model.path={json.dumps(name, ensure_ascii=False)}"
    config = load_config(None, (path, *overrides))
    if not config.model.prompt.startswith("tiny"):
        config = load_config(None, (path, *_lengths(name), *overrides))
    if config.model.prompt == "tiny" and not Path(resolve_model(name)).exists():
        raise ConfigError(
            f"{name}: there is no such folder; for a model of the hub, say which prompt format it was trained on, e.g. "
            "--set model.prompt=deepseek-prover-v2"
        )
    return config


def _lengths(name: str) -> tuple[str, str]:
    """The lengths of a prompt and an answer where nobody says them; less of both for a model of few positions."""
    from physprover.models.load import positions_of

    positions = positions_of(resolve_model(name)) or _PROMPT_TOKENS + _NEW_TOKENS
    new = min(_NEW_TOKENS, positions // 2)
    return f"model.max_prompt_tokens={min(_PROMPT_TOKENS, positions - new)}", f"model.max_new_tokens={new}"


# -- what every searching command needs: a prover if there is one, Lean, the train proofs, what was learned before --

NO_MODEL = "none"  # --model none: search without a prover


def find_prover(model: str | None, overrides: tuple[str, ...]) -> Prover:
    """The named model, the newest run, or none with a word about it: scripts, lemmas and sketches need no prover."""
    if model is None:
        try:
            model = str(newest_run(Path("runs")))
        except RunError:
            print(
                "no prover: searching with scripts, lemmas and sketches (--model RUN adds one)",
                file=sys.stderr,
            )
            model = NO_MODEL
    if model == NO_MODEL:
        return Prover("", load_config(None, tuple(overrides)), None)
    return find_model(model, overrides)


@contextmanager
def open_tools(prover: Prover, seed: int) -> Iterator[Tools]:
    """Lean, the prover's sampler, and a library of train proofs; Lean ends with the block."""
    config = prover.config
    limits = Limits(
        max_prompt_tokens=config.model.max_prompt_tokens,
        max_new_tokens=config.model.max_new_tokens,
        check_seconds=config.engine.seconds,
        temperature=config.eval.temperature,
        seed=seed,
    )
    sampler, weights = _sampler(prover), (fingerprint(prover.weights) if prover.weights else "")
    with open_pool(config.engine, 1, Display()) as pool:
        library, experience = Retriever(library_theorems(prover)), _experience(prover)
        yield Tools(pool, sampler, limits, library, experience, weights or "")


def library_theorems(prover: Prover) -> list[Theorem]:
    """Proved theorems that may be looked at: the train split of the prover's data, else that of PhysCore."""
    if prover.data is not None and (prover.data / "data").is_dir():
        return load_theorems(prover.data, "train")
    root = resolve("lean/PhysCore")
    theorems = split_library(read_library(root), extract_library(root))
    return [t for t in theorems if t.split == "train"]


def experience_file(prover: Prover) -> Path | None:
    """Where a run keeps what its searches have learned."""
    return prover.results / "experience.jsonl" if prover.run else None


def _sampler(prover: Prover) -> Sampler | None:
    if not prover.weights:
        return None
    from physprover.models.load import load_sampler

    return load_sampler(prover.weights, prover.config)


def _experience(prover: Prover) -> Experience:
    file = experience_file(prover)
    return Experience.read(file) if file is not None and file.exists() else Experience()
