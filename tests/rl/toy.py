"""A toy prover whose every answer is one tactic token, so that a random model already proves something.

Statements are arithmetic facts that some tactics close and others do not; the right answer depends on the kind of
statement. What Lean says of it is real.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from physprover.config import RunConfig
from physprover.config_file import parse_config
from physprover.dataset import write_dataset
from physprover.prompts.tiny import SPECIAL_TOKENS
from physprover.records import Source, Theorem
from physprover.runs import RunDir

TACTICS = ("rfl", "omega", "exact absurd", "intro", "constructor", "sorry", "cases", "exact rfl")
SHAPES = (
    lambda i: f"theorem sum_{i} : 2 + {i} = {i + 2}",  # rfl, omega
    lambda i: f"theorem swap_{i} (a b : Nat) : a + b + {i} = {i} + b + a",  # omega
)


def theorems(count: int = 6) -> list[Theorem]:
    """`count` problems of each shape, all in the train split."""
    result = []
    for make in SHAPES:
        for i in range(count):
            statement = make(i)
            result.append(
                Theorem(
                    name=statement.split()[1],
                    statement=statement,
                    domain="Toy",
                    split="train",
                    proof="by omega",
                    source=Source(file=f"Toy{i}.lean"),
                )
            )
    return result


def tokenizer(further: Sequence[str] = ()) -> PreTrainedTokenizerFast:
    characters = [chr(code) for code in range(32, 127)]
    tokens = {
        token: i
        for i, token in enumerate(
            ["<pad>", "<end>", "<unk>", *TACTICS, *characters, *SPECIAL_TOKENS, *further]
        )
    }
    inner = Tokenizer(models.WordLevel(tokens, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Split(Regex("<\\|\\w+\\|>|."), "isolated")
    inner.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", unk_token="<unk>", padding_side="left"
    )


def model(seed: int = 0, further: int = 0) -> LlamaForCausalLM:
    """Random, but it writes tactics: the first hidden unit is constant and serves the head as a bias.

    `further` tokens are those that `tokenizer` was given.
    """
    torch.manual_seed(seed)
    built = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer()) + further,
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=160,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=None,
        )
    )
    with torch.no_grad():
        built.model.embed_tokens.weight.mul_(10.0)
        built.model.embed_tokens.weight[:, 0] = 1.0
        for layer in built.model.layers:
            layer.self_attn.o_proj.weight[0] = 0.0
            layer.mlp.down_proj.weight[0] = 0.0
        built.lm_head.weight[:, 0] = -3.0
        built.lm_head.weight[-len(SPECIAL_TOKENS) - further :, 0] = -8.0
        built.lm_head.weight[3 : 3 + len(TACTICS), 0] = 3.0
    return built


def open_run(
    path: Path,
    sampler: dict[str, object] | None = None,
    cluster: dict[str, object] | None = None,
    **rl: object,
) -> tuple[RunConfig, RunDir]:
    """A run directory with data and warm start in place, and a config of a few small steps."""
    run = RunDir(path)
    if not (path / "data").exists():
        write_dataset(path / "data", theorems(), "toy\n")
        model().save_pretrained(path / "warmstart")
        tokenizer().save_pretrained(path / "warmstart")
    settings = {
        "steps": 4,
        "problems_per_step": 4,
        "group_size": 8,
        "max_refills": 1,
        "max_staleness": 0,
        "save_every": 2,
        "curriculum": "uniform",
        "optimizer": {"name": "stosignsgd", "learning_rate": 2e-3},
        **rl,
    }
    config = parse_config(
        {
            "name": path.name,
            "output": str(path.parent),
            "engine": {"kind": "embedded", "workers": 1},
            "model": {"max_new_tokens": 1, "max_prompt_tokens": 120},
            "sampler": sampler or {},
            "cluster": cluster or {},
            "rl": settings,
        }
    )
    return config, run


class Told:
    """Progress that keeps what it was told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.figures: dict[str, float | int | str] = {}  # the last of each

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Told]:
        yield self

    def advance(self, count: int = 1, **figures: float | int | str) -> None:
        self.figures |= figures

    def note(self, text: str) -> None:
        self.notes.append(text)

    def failed(self) -> None:
        self.notes.append("failed")


def main() -> None:
    """`python -m tests.rl.toy FOLDER JSON`: train there with these [rl] settings; exit 130 after Ctrl-C."""
    from rl.loop import train

    config, run = open_run(Path(sys.argv[1]), **json.loads(sys.argv[2]))
    told = Told()
    try:
        train(config, run, told)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        print(*told.notes, sep="\n", flush=True)


if __name__ == "__main__":
    main()
