"""Warm start: teach a tiny prover, built on the spot, to write proofs of the library's own style.

    tokenizer from the train split -> model from scratch -> proofs of a share of the train theorems

A loop of its own rather than a Trainer: at three million parameters, a step costs as much as a Trainer's bookkeeping, and
batches sorted by length halve the arithmetic. Prompt tokens carry some loss too: statements use what definitions declare,
and predicting them teaches to look names up sooner than few and short targets can. The result is a Hugging Face folder.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from physprover.config import RunConfig
from physprover.errors import DataError, RunError
from physprover.files import replacing
from physprover.models.load import quiet_transformers
from physprover.models.tiny import build_tiny, train_tokenizer
from physprover.progress import Progress
from physprover.prompts import PromptFormat, get_prompt, says
from physprover.prompts.tiny import TinyPrompt, handles_of
from physprover.records import Record, Theorem, read_record

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast


T = TypeVar("T")
_WARMUP = 0.06  # share of the steps
_FLOOR = 0.05  # of the peak learning rate, at the end
_WEIGHT_DECAY = 0.02
_JUDGED_FROM = 50  # steps; fewer say nothing about whether training works
_LEARNED = 0.75  # of the entropy of target tokens: a working warm start of 50 steps is well below it


class SFTStats(Record):
    """What the warm start did. `seconds` of the loop alone; `loss` in nats per target token, mean over the last tenth."""

    proofs: int
    too_long: int
    steps: int
    planned_steps: int
    examples: int
    target_tokens: int
    loss: float
    first_loss: float
    parameters: int
    vocabulary: int
    seconds: float
    stopped_by: str  # "epochs" or "max_seconds"


def warm_start(config: RunConfig, theorems: Sequence[Theorem], out: Path, progress: Progress) -> SFTStats:
    """Train on the train split's proofs and write model, tokenizer and `sft_stats.json` into `out`.

    A finished `out` is returned as it is. `out` appears only when complete. Raises `DataError` without usable proofs and
    `RunError` when the model has not learned: nothing that follows would be worth its time.
    """
    done = out / "sft_stats.json"
    if done.is_file():
        return read_record(done, SFTStats, "the record of a warm start")
    prompt, (train, lost) = get_prompt(config.model.prompt), with_proofs(theorems, config)
    chosen = choose(train, config.sft.share, config.seed)
    tokenizer = train_tokenizer(_corpus(prompt, train, config.seed), config.model.vocab_size)
    model = build_tiny(config.model, tokenizer, config.seed)
    examples = fitting(tokenizer, prompt, chosen, config)
    if not examples:
        raise none_fits(chosen)
    sft = config.sft
    planned = max(1, math.ceil(sft.epochs * len(examples) / sft.batch_size)) if sft.epochs else 0
    rng = random.Random(f"batches {config.seed}")
    stream = batches(examples, sft.batch_size, rng, tokenizer.pad_token_id)
    training = Training(model, sft.learning_rate, sft.prompt_weight, sft.max_seconds)
    with progress.stage("warm start", planned) as stage:
        if lost:
            stage.note(lost)
        training.teach(
            stream,
            lambda: len(training.losses) / planned if planned else 1.0,
            tell=lambda _, loss: stage.advance(loss=round(loss, 3)),
        )
    stats = training.stats(len(examples), len(chosen) - len(examples), planned, len(tokenizer))
    _must_have_learned(stats, examples)
    write_model(model, tokenizer, stats, out)
    return stats


def with_proofs(theorems: Sequence[Theorem], config: RunConfig) -> tuple[list[Theorem], str]:
    """Those that a warm start may learn from, and a word on proofs that `model.prompt` cannot say, "" where there are none.

    Raises `DataError` when nothing is left.
    """
    proved = [t for t in theorems if t.proof and t.split in ("", "train")]
    if not proved:
        raise DataError("no train theorem has a proof: the warm start has nothing to learn from")
    prompt = get_prompt(config.model.prompt)
    train = [t for t in proved if says(prompt, t)]
    lost = (
        f"{len(proved) - len(train)} proofs with commands of their own left out: an answer in the prompt format "
        f"`{prompt.name}` begins behind the statement"
        if len(train) < len(proved)
        else ""
    )
    if not train:
        raise DataError(f"{lost}; the warm start has nothing to learn from")
    return train, lost


def none_fits(proofs: Sequence[object]) -> DataError:
    """What keeps a warm start from beginning where every proof is too long."""
    return DataError(
        f"every proof is longer than model.max_prompt_tokens + max_new_tokens ({len(proofs)} proofs)"
    )


def choose(theorems: Sequence[Theorem], share: float, seed: int) -> list[Theorem]:
    """A random `share` of the theorems (at least one), the same for the same names and seed."""
    ordered = sorted(theorems, key=lambda t: t.name)
    count = max(1, round(share * len(ordered)))
    return sorted(random.Random(f"sft {seed}").sample(ordered, count), key=lambda t: t.name)


def _must_have_learned(stats: SFTStats, examples: Sequence[Example]) -> None:
    """Raise `RunError` for a loss that knowing how often each target token occurs, and nothing else, would nearly reach.

    The bound needs no clock and no reference machine: the quickstart stands at half of it after 50 steps, anywhere.
    """
    counts = Counter(token for ids, prompt_length in examples for token in ids[prompt_length:])
    total = counts.total()
    entropy = -sum(n / total * math.log(n / total) for n in counts.values())
    if stats.steps >= _JUDGED_FROM and stats.loss > _LEARNED * entropy:
        raise RunError(
            f"the warm start did not learn: its loss is {stats.loss:.2f} nats per target token after {stats.steps} steps, and "
            f"token frequencies alone give {entropy:.2f}; lower sft.learning_rate, or look at the proofs it was given"
        )


def _corpus(prompt: PromptFormat, train: Sequence[Theorem], seed: int) -> Iterator[str]:
    """What the tokenizer sees: each text, in the formats with handles once more with others, so that all of them occur."""
    rng = random.Random(seed)
    for theorem in train:
        yield "".join(example(prompt, theorem))
        if isinstance(prompt, TinyPrompt):
            handles = handles_of(theorem).shuffled(rng)
            yield prompt.render(theorem, handles) + prompt.target(theorem, theorem.proof or "", handles)


class Training:
    """Supervised steps of one model: a warm start, the stages of one, or a round of expert iteration.

    Optimizers and counts go on from one call of `teach` to the next.
    """

    def __init__(
        self,
        model: LlamaForCausalLM,
        learning_rate: float,
        prompt_weight: float,
        max_seconds: float | None = None,
    ) -> None:
        self._model, self._rate, self._prompt_weight = model, learning_rate, prompt_weight
        self._limit, self._began = max_seconds or math.inf, time.monotonic()
        self._optimizers = optimizers(model, learning_rate)
        self.losses: list[float] = []  # of each step, on target tokens, in nats
        self.examples = self.tokens = self.target_tokens = 0  # seen; `tokens` of prompts and targets

    def teach(
        self,
        stream: Iterator[tuple[torch.Tensor, torch.Tensor]],
        done: Callable[[], float],
        end: float = 1.0,
        tell: Callable[[int, float], None] = lambda *_: None,
    ) -> None:
        """Steps until `done()`, the share of the whole training that is over, reaches `end`, or the time is up.

        Args:
            stream: (ids, labels) as `loss` reads them.
            done: Places the learning rate on its schedule. Time that is used up moves it on too, so that a slow machine still
                ends on a small rate.
            end: Below 1 where another call goes on.
            tell: Told the tokens and the loss of each step.

        Raises `RunError` when a loss is not finite.
        """
        self._model.train()
        while (share := done()) < end and (elapsed := (time.monotonic() - self._began) / self._limit) < 1:
            ids, labels = next(stream)
            rate = self._rate * schedule(max(share, elapsed))
            loss = take_step(self._model, self._optimizers, rate, self._prompt_weight, ids, labels)
            if not math.isfinite(loss):
                raise RunError(
                    f"supervised step {len(self.losses) + 1} has the loss {loss}: lower sft.learning_rate "
                    "(rl.expert.peak_learning_rate in a round of expert iteration)"
                )
            self.losses.append(loss)
            tokens = int((labels != PAD_LABEL).sum())
            self.examples, self.tokens = self.examples + len(ids), self.tokens + tokens
            self.target_tokens += int((labels >= 0).sum())
            tell(tokens, loss)
        self._model.eval()

    def stats(self, proofs: int, too_long: int, planned: int | None, vocabulary: int) -> SFTStats:
        """What was done, of `planned` steps; None where the steps were not counted beforehand, and all were made."""
        steps = len(self.losses)
        return SFTStats(
            proofs=proofs,
            too_long=too_long,
            steps=steps,
            planned_steps=steps if planned is None else planned,
            examples=self.examples,
            target_tokens=self.target_tokens,
            loss=last_tenth(self.losses),
            first_loss=self.losses[0] if self.losses else 0.0,
            parameters=sum(p.numel() for p in self._model.parameters()),
            vocabulary=vocabulary,
            seconds=round(time.monotonic() - self._began, 1),
            stopped_by="epochs" if planned is None or steps >= planned else "max_seconds",
        )


def last_tenth(losses: Sequence[float]) -> float:
    """Mean of the last tenth of the steps' losses; 0 without steps."""
    tail = losses[-max(1, len(losses) // 10) :]
    return sum(tail) / max(1, len(tail))


def imitate(
    config: RunConfig,
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    theorems: Sequence[Theorem],
    *,
    steps: int,
    learning_rate: float,
    seed: int,
) -> list[float]:
    """`steps` supervised steps on the proofs of `theorems`, in place, from fresh optimizers; the loss of each step.

    Proofs beyond the configured lengths are left out. Raises `DataError` when none is left.
    """
    prompt = get_prompt(config.model.prompt, tokenizer)
    examples = fitting(tokenizer, prompt, theorems, config)
    if not examples:
        raise DataError(f"none of {len(theorems)} proofs fits model.max_prompt_tokens and max_new_tokens")
    rng = random.Random(f"imitate {seed}")
    stream = batches(examples, config.sft.batch_size, rng, tokenizer.pad_token_id)
    before, training = model.training, Training(model, learning_rate, config.sft.prompt_weight)
    training.teach(stream, lambda: len(training.losses) / steps)
    model.zero_grad(set_to_none=True)
    model.train(before)
    return training.losses


def take_step(
    model: LlamaForCausalLM,
    pair: Sequence[torch.optim.Optimizer],
    rate: float,
    prompt_weight: float,
    ids: torch.Tensor,
    labels: torch.Tensor,
) -> float:
    """One supervised update at learning rate `rate`; the loss on target tokens, in nats."""
    from rl.trainer.optimizers import clip_grad_norm

    for optimizer in pair:
        for group in optimizer.param_groups:
            group["lr"] = rate
    on_target, on_prompt = loss(model, ids, labels)
    model.zero_grad(set_to_none=True)
    (on_target + prompt_weight * on_prompt).backward()  # type: ignore[no-untyped-call]
    clip_grad_norm(model.parameters(), 1.0)
    for optimizer in pair:
        optimizer.step()
    return on_target.item()


def optimizers(model: LlamaForCausalLM, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices between embedding and head, AdamW for the rest, at one learning rate.

    A warm start of a minute or two has few steps, and Muon makes more of each (docs/decisions.md).
    """
    import torch

    from rl.optim.baselines import Muon

    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    chosen = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    return [
        Muon(matrices, lr=rate, weight_decay=_WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
    ]


def schedule(done: float) -> float:
    """Learning rate over its peak after the share `done` of the training: linear warm-up, cosine to the floor."""
    if done < _WARMUP:
        return (done + 0.005) / (_WARMUP + 0.005)
    return _FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(math.pi * (done - _WARMUP) / (1 - _WARMUP)))


def write_model(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    stats: SFTStats,
    out: Path,
    notes: Mapping[str, str] | None = None,
) -> None:
    """Write beside `out`, then rename: a killed write leaves no half model. `notes` are further files, by name."""
    with replacing(out) as draft:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        quiet_transformers()
        model.save_pretrained(draft)
        tokenizer.save_pretrained(draft)
        (draft / "sft_stats.json").write_text(json.dumps(stats.model_dump(), indent=1), encoding="utf-8")
        for name, text in (notes or {}).items():
            (draft / name).write_text(text, encoding="utf-8")
        shutil.rmtree(out, ignore_errors=True)


# -- Examples as token ids, their batches, and the loss on one. --

Example = tuple[list[int], int]
"""Token ids of prompt + target + end, and the length of the prompt."""

PAD_LABEL = -(10**9)
SORT_WINDOW = 16  # batches whose examples are sorted by length together


def loss(
    model: LlamaForCausalLM, ids: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean cross-entropy of target tokens and of prompt tokens. `ids`, `labels` (rows, length).

    Labels are the ids, negated less one on the prompt, `PAD_LABEL` on padding. Padding is on the right, so causal attention alone
    hides it.
    """
    import torch

    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
    wanted = labels[:, 1:]
    target, prompt = wanted >= 0, (wanted < 0) & (wanted > PAD_LABEL)
    on_target = torch.nn.functional.cross_entropy(model.lm_head(hidden[target]), wanted[target])
    on_prompt = torch.nn.functional.cross_entropy(model.lm_head(hidden[prompt]), -1 - wanted[prompt])
    return on_target, on_prompt


def example(prompt: PromptFormat, theorem: Theorem) -> tuple[str, str]:
    """Prompt and target text of a theorem with a proof."""
    return prompt.render(theorem), prompt.target(theorem, theorem.proof or "")


def encode(tokenizer: PreTrainedTokenizerFast, prompt: str, target: str) -> Example:
    """Tokens of one training example."""
    head: list[int] = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    whole: list[int] = tokenizer(prompt + target, add_special_tokens=False)["input_ids"]
    if whole[: len(head)] != head:  # the answer's first letters would change the prompt's last token
        whole = head + tokenizer(target, add_special_tokens=False)["input_ids"]
    return [*whole, tokenizer.eos_token_id], len(head)


def fits(item: Example, config: RunConfig) -> bool:
    """Whether prompt and target keep within the configured lengths."""
    ids, prompt_length = item
    return (
        prompt_length <= config.model.max_prompt_tokens
        and len(ids) - prompt_length <= config.model.max_new_tokens
    )


def fitting(
    tokenizer: PreTrainedTokenizerFast, prompt: PromptFormat, theorems: Sequence[Theorem], config: RunConfig
) -> list[Example]:
    """Examples of the theorems with proofs, in order; what the format cannot say, or the configured lengths exclude, is left out."""
    items = (encode(tokenizer, *example(prompt, theorem)) for theorem in theorems if says(prompt, theorem))
    return [item for item in items if fits(item, config)]


def batches(
    examples: Sequence[Example], size: int, rng: random.Random, pad: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless (ids, labels), reshuffled every pass; like lengths share a batch."""
    while True:
        order = rng.sample(examples, len(examples))
        for start in range(0, len(order), size * SORT_WINDOW):
            window = order[start : start + size * SORT_WINDOW]
            for chunk in of_like_length(window, size, rng, lambda item: len(item[0])):
                yield collate(chunk, pad)


def of_like_length(
    window: Sequence[T], size: int, rng: random.Random, length: Callable[[T], int]
) -> list[list[T]]:
    """The window in batches of like length, these in random order."""
    ordered = sorted(window, key=length)
    chunks = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    rng.shuffle(chunks)
    return chunks


def collate(chunk: list[Example], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and labels (rows, longest), as `loss` reads them; padding `pad` is on the right."""
    import torch

    longest = max(len(ids) for ids, _ in chunk)
    ids = torch.full((len(chunk), longest), pad)
    labels = torch.full((len(chunk), longest), PAD_LABEL)
    for row, (tokens, prompt_length) in enumerate(chunk):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, :prompt_length] = -1 - ids[row, :prompt_length]
        labels[row, prompt_length : len(tokens)] = torch.tensor(tokens[prompt_length:])
    return ids, labels
