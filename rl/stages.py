"""Progressive warm start: proof writing → sketch then proof → techniques then sketch then proof.

Every stage goes on from the one before: same weights, same optimizer, one learning-rate schedule over the whole budget.
The budget is tokens seen (prompt and answer, padding not counted), so arms with other stages or other formats cost the
same. A stage keeps some of its tokens for the formats of earlier stages (`sft.stage_mix`), or the short format is
forgotten. A proof without an insight record, or whose longer form does not fit the context, is taught in the richest
form that fits: nothing is lost, and each such case is counted.
"""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import Field

from physprover.errors import ConfigError, DataError
from physprover.models.tiny import build_tiny
from physprover.models.tokenizer import train_tokenizer
from physprover.prompts.insight import INSIGHT_TOKENS
from physprover.records import Record
from rl.lessons import FORMATS, Lesson, lesson_text, lessons
from rl.sft import PROMPT_WEIGHT, SFTStats, choose, optimizers, schedule, write_model
from rl.sft_batches import SORT_WINDOW, collate, encode, fits, loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    from physprover.config import RunConfig
    from physprover.insight.records import Insight
    from physprover.progress import Progress, Stage
    from physprover.records import Theorem
    from rl.lessons import Format
    from rl.sft_batches import Example


class StageStats(Record):
    """One stage. `tokens` are all it saw, `by_format` those of each format; `loss` in nats per target token."""

    stage: str
    steps: int = 0
    examples: int = 0
    tokens: int = 0
    by_format: dict[str, int] = Field(default_factory=dict)
    loss: float = 0.0  # mean over its last tenth


class StagesStats(Record):
    """`stages.json` beside the model."""

    budget: int  # tokens
    tokens: int  # seen in all stages; over the budget by less than one batch
    stages: tuple[StageStats, ...]
    proofs: int
    without_insight: int  # taught as plain proofs
    too_long: dict[str, int]  # format -> lessons whose text in it does not fit


def warm_start_in_stages(
    config: RunConfig, theorems: Sequence[Theorem], insights: Sequence[Insight], out: Path, progress: Progress
) -> StagesStats:
    """Train through `config.sft.stages`; `out` gets model, tokenizer, `sft_stats.json` and `stages.json`.

    A finished `out` is returned as it is. Raises `ConfigError` for a prompt format without stages, `DataError` without
    usable proofs.
    """
    done = out / "stages.json"
    if done.is_file():
        return StagesStats.model_validate_json(done.read_text(encoding="utf-8"))
    if config.model.prompt not in FORMATS.values():
        raise ConfigError(
            f"sft.stages teaches the formats {', '.join(FORMATS.values())}; model.prompt is `{config.model.prompt}`"
        )
    train = [t for t in theorems if t.proof and t.split in ("", "train")]
    if not train:
        raise DataError("no train theorem has a proof: the warm start has nothing to learn from")
    everything = lessons(train, insights, config.sft.stage_without)
    tokenizer = train_tokenizer(_corpus(everything), config.model.vocab_size, INSIGHT_TOKENS)
    model = build_tiny(config.model, tokenizer, config.seed)
    chosen = {t.name for t in choose(train, config.sft.share, config.seed)}
    school = _School(config, tokenizer, [lesson for lesson in everything if lesson.theorem.name in chosen])
    stages, stats = _train(config, model, school, progress)
    write_model(model, tokenizer, stats, out, {"stages.json": stages.model_dump_json(indent=1)})
    return stages


def _corpus(everything: Sequence[Lesson]) -> Iterator[str]:
    """What the tokenizer is trained on: every lesson in every format, the same for all arms."""
    for lesson in everything:
        for form in lesson.formats:
            yield "".join(lesson_text(lesson, form, None))


class _School:
    """Endless examples of each format, reshuffled every pass, and which of them fit."""

    def __init__(self, config: RunConfig, tokenizer: PreTrainedTokenizerFast, pupils: list[Lesson]) -> None:
        self.config, self.tokenizer, self.pupils = config, tokenizer, pupils
        self.rng = random.Random(f"stages {config.seed}")
        self.too_long: dict[str, int] = {}
        self.form: dict[tuple[str, Format], Format] = {}  # (theorem, format asked) -> the richest that fits
        self.plain_tokens = 0  # of one pass over plain proofs
        kept = []
        for lesson in pupils:
            fitting = [form for form in lesson.formats if self._measure(lesson, form)]
            if "proof" in fitting:
                kept.append(lesson)
                for form in FORMATS:
                    self.form[lesson.theorem.name, form] = _richest(form, fitting)
        self.lessons = kept
        if not kept:
            raise DataError(
                f"every proof is longer than model.max_prompt_tokens + max_new_tokens ({len(pupils)} proofs)"
            )
        self.decks: dict[str, list[Lesson]] = {}

    def example(self, form: Format) -> tuple[Format, Example]:
        """The next lesson, in `form` or the richest poorer one that fits."""
        deck = self.decks.setdefault(form, [])
        if not deck:
            deck += self.rng.sample(self.lessons, len(self.lessons))
        lesson = deck.pop()
        given = self.form[lesson.theorem.name, form]
        return given, self._encoded(lesson, given, self.rng if self.config.sft.rename else None)

    def _encoded(self, lesson: Lesson, form: Format, rng: random.Random | None) -> Example:
        return encode(self.tokenizer, *lesson_text(lesson, form, rng))

    def _measure(self, lesson: Lesson, form: Format) -> bool:
        item = self._encoded(lesson, form, None)
        good = fits(item, self.config)
        self.too_long[form] = self.too_long.get(form, 0) + (not good)
        if good and form == "proof":
            self.plain_tokens += len(item[0])
        return good


def _richest(form: Format, fitting: Sequence[Format]) -> Format:
    order: list[Format] = list(FORMATS)
    return next(f for f in reversed(order[: order.index(form) + 1]) if f in fitting)


@dataclass
class _Ledger:
    """Tokens of one stage and which format is due, so that shares hold in tokens, not in examples."""

    own: tuple[Format, ...]
    earlier: tuple[Format, ...]
    mix: float
    drawn: Counter[Format] = field(default_factory=Counter)
    used: Counter[Format] = field(default_factory=Counter)

    def due(self) -> Format:
        """The format furthest below its share."""
        shares = {form: (1 - self._mix) / len(self.own) for form in self.own}
        for form in self.earlier:
            shares[form] = shares.get(form, 0.0) + self._mix / len(self.earlier)
        total = self.drawn.total()
        return max(shares, key=lambda form: shares[form] * total - self.drawn[form] + shares[form])

    @property
    def _mix(self) -> float:
        return self.mix if self.earlier else 0.0


def ledgers(stages: Sequence[str], mix: float) -> list[_Ledger]:
    """One for each stage; earlier formats are those of the stages before it."""
    found: list[_Ledger] = []
    seen: list[Format] = []
    for stage in stages:
        own: tuple[Format, ...] = (
            tuple(FORMATS) if stage == "mixed" else tuple(f for f in FORMATS if f == stage)
        )
        found.append(_Ledger(own, tuple(f for f in seen if f not in own), mix))
        seen += [form for form in own if form not in seen]
    return found


def _train(
    config: RunConfig, model: LlamaForCausalLM, school: _School, progress: Progress
) -> tuple[StagesStats, SFTStats]:
    sft = config.sft
    budget = sft.stage_tokens or math.ceil(sft.epochs * school.plain_tokens)
    pair = optimizers(model, sft.learning_rate)
    model.train()
    begin, seen, stopped_by = time.monotonic(), 0, "epochs"
    stages: list[StageStats] = []
    losses: list[float] = []
    target_tokens = 0
    with progress.stage("warm start", budget) as bar:
        for number, (name, ledger) in enumerate(
            zip(sft.stages, ledgers(sft.stages, sft.stage_mix), strict=True), 1
        ):
            end = budget * number // len(sft.stages)
            first, examples, start = len(losses), 0, seen
            stream = _batches(school, ledger, sft.batch_size)
            while seen < end:
                elapsed = (time.monotonic() - begin) / sft.max_seconds if sft.max_seconds else 0.0
                if elapsed >= 1:
                    stopped_by = "max_seconds"
                    break
                ids, labels = next(stream)
                rate = sft.learning_rate * schedule(max(seen / budget, elapsed))
                losses.append(_step(model, pair, rate, ids, labels))
                seen += (tokens := int((ids != school.tokenizer.pad_token_id).sum()))
                target_tokens += int((labels >= 0).sum())
                examples += len(ids)
                _show(bar, tokens, name, losses[-1])
            tail = losses[first:][-max(1, (len(losses) - first) // 10) :]
            stages.append(
                StageStats(
                    stage=name,
                    steps=len(losses) - first,
                    examples=examples,
                    tokens=seen - start,
                    by_format=dict(ledger.used),
                    loss=sum(tail) / max(1, len(tail)),
                )
            )
    model.eval()
    whole = StagesStats(
        budget=budget,
        tokens=seen,
        stages=tuple(stages),
        proofs=len(school.lessons),
        without_insight=sum(lesson.insight is None for lesson in school.lessons),
        too_long=school.too_long,
    )
    return whole, SFTStats(
        proofs=len(school.lessons),
        too_long=len(school.pupils) - len(school.lessons),
        steps=len(losses),
        planned_steps=len(losses),
        examples=sum(stage.examples for stage in stages),
        target_tokens=target_tokens,
        loss=stages[-1].loss,
        first_loss=losses[0] if losses else 0.0,
        parameters=sum(p.numel() for p in model.parameters()),
        vocabulary=len(school.tokenizer),
        seconds=round(time.monotonic() - begin, 1),
        stopped_by=stopped_by,
    )


def _batches(school: _School, ledger: _Ledger, size: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless (ids, labels); like lengths share a batch, formats keep their shares of the tokens."""
    while True:
        window: list[tuple[Format, Example]] = []
        for _ in range(size * SORT_WINDOW):
            form, item = school.example(ledger.due())
            ledger.drawn[form] += len(item[0])
            window.append((form, item))
        window.sort(key=lambda pair: len(pair[1][0]))
        chunks = [window[i : i + size] for i in range(0, len(window), size)]
        school.rng.shuffle(chunks)
        for chunk in chunks:
            for form, item in chunk:
                ledger.used[form] += len(item[0])
            yield collate([item for _, item in chunk], school.tokenizer.pad_token_id)


def _step(
    model: LlamaForCausalLM,
    pair: Sequence[torch.optim.Optimizer],
    rate: float,
    ids: torch.Tensor,
    labels: torch.Tensor,
) -> float:
    """One update at learning rate `rate`; the loss on target tokens."""
    import torch

    for optimizer in pair:
        for group in optimizer.param_groups:
            group["lr"] = rate
    on_target, on_prompt = loss(model, ids, labels)
    model.zero_grad(set_to_none=True)
    (on_target + PROMPT_WEIGHT * on_prompt).backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in pair:
        optimizer.step()
    return on_target.item()


def _show(bar: Stage, tokens: int, name: str, value: float) -> None:
    bar.advance(tokens, stage=name, loss=round(value, 3))
