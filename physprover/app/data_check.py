"""Whether the data set that a run builds, or is given, can serve it: asked by the dry run, and by every run before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.errors import PhysProverError
from physprover.resources import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from physprover.config import RunConfig
    from physprover.records import Theorem


def data_problems(config: RunConfig) -> Iterator[str]:
    """Why the data set that a run builds, or is given, cannot serve it, a line each; reads text, asks no Lean."""
    from data_gen.build import read_seeds
    from physprover.dataset import load_split

    readers = {"test": "the evaluation"}
    if config.rl.steps or config.model.path is None or config.sft.pretrained:
        readers["train"] = "training"
    if config.rl.steps and config.rl.eval_every:
        readers["validation"] = "rl.eval_every"
    try:
        folder = resolve(config.data.dataset or config.data.library)
    except PhysProverError:
        return  # `rl.validation.missing` says so
    try:
        if config.data.dataset:
            splits = {split: load_split(folder, split) for split in readers}
        else:
            seeds = read_seeds(config)
            splits = {split: [t for t in seeds if t.split == split] for split in readers}
    except PhysProverError as error:
        yield f"data: {error}"
        return
    for split, theorems in splits.items():
        if not theorems:
            yield (
                f"data: {readers[split]} needs the {split} split, which is empty: data.test_share, data.validation_share or "
                "the library's splits.toml say what is held out"
            )
    if config.model.path is None and all(splits.values()):
        yield from _too_long(config, splits)


def _too_long(config: RunConfig, splits: Mapping[str, Sequence[Theorem]]) -> Iterator[str]:
    """Splits of which nothing fits the context of a tiny prover built from scratch."""
    from physprover.models.tiny import train_tokenizer
    from physprover.prompts import get_prompt

    model, prompt = config.model, get_prompt(config.model.prompt)

    def fits(theorem: Theorem, tokens: Callable[[str], int]) -> bool:
        answer = prompt.target(theorem, theorem.proof) if theorem.proof and theorem.split == "train" else ""
        return tokens(prompt.render(theorem)) <= model.max_prompt_tokens and (
            tokens(answer) < model.max_new_tokens
        )

    # No text has more tokens than bytes; only where that does not settle it is the tokenizer trained, as the warm start will.
    unsure = {k: v for k, v in splits.items() if not any(fits(t, lambda text: len(text.encode())) for t in v)}
    if not unsure:
        return
    texts = [prompt.render(t) + prompt.target(t, t.proof or "") for t in splits["train"]]
    tokenizer = train_tokenizer(texts, model.vocab_size)
    for split, theorems in unsure.items():
        if not any(fits(t, lambda text: len(tokenizer.tokenize(text))) for t in theorems):
            yield (
                f"data: nothing in the {split} split fits model.max_prompt_tokens = {model.max_prompt_tokens} and "
                f"model.max_new_tokens = {model.max_new_tokens}"
            )
