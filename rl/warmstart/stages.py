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
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from physprover.config import RunConfig
from physprover.errors import ConfigError
from physprover.insight.records import Insight
from physprover.insight.techniques import Kind
from physprover.models.tiny import build_tiny, train_tokenizer
from physprover.progress import Progress
from physprover.prompts import get_prompt
from physprover.prompts.insight import InsightPrompt
from physprover.prompts.tiny import INSIGHT_TOKENS
from physprover.records import Record, Theorem, read_record
from rl.warmstart.sft import (
    SORT_WINDOW,
    Example,
    SFTStats,
    Training,
    choose,
    collate,
    encode,
    fits,
    last_tenth,
    none_fits,
    of_like_length,
    with_proofs,
    write_model,
)

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast


Format = Literal["proof", "sketch", "insight"]

FORMATS: dict[Format, str] = {"proof": "tiny", "sketch": "tiny-sketch", "insight": "tiny-insight"}
"""Formats from poorest to richest, with the prompt format each is asked in."""


@dataclass(frozen=True)
class Lesson:
    """A theorem with a proof, and its insight record where there is one."""

    theorem: Theorem
    insight: Insight | None

    @property
    def formats(self) -> tuple[Format, ...]:
        """Formats this lesson can be given in."""
        return tuple(FORMATS) if self.insight is not None else ("proof",)


def lessons(
    theorems: Iterable[Theorem], insights: Sequence[Insight], without: Sequence[Kind]
) -> list[Lesson]:
    """One for each theorem; techniques of the kinds in `without` are not shown."""
    by_name = {insight.theorem.name: insight for insight in insights}
    found = []
    for theorem in theorems:
        insight = by_name.get(theorem.name)
        if insight is not None and without:
            shown = tuple(t for t in insight.techniques if t.kind not in without)
            insight = insight.model_copy(update={"techniques": shown})
        found.append(Lesson(theorem, insight))
    return found


def lesson_text(lesson: Lesson, form: Format) -> tuple[str, str]:
    """Prompt and target.

    A plain proof is the insight record's own, without what it does not need, so formats differ in form alone.
    """
    prompt, theorem, insight = get_prompt(FORMATS[form]), lesson.theorem, lesson.insight
    shown = prompt.render(theorem)
    if isinstance(prompt, InsightPrompt):
        assert insight is not None  # `formats` offers no other
        return shown, prompt.answer(insight)
    return shown, prompt.target(theorem, insight.core if insight else theorem.proof or "")


# -- Which format is due at each moment of a warm start in stages, and what a stage has seen. Pure arithmetic. --


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


@dataclass
class Ledger:
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


def ledgers(stages: Sequence[str], mix: float) -> list[Ledger]:
    """One for each stage; earlier formats are those of the stages before it."""
    found: list[Ledger] = []
    seen: list[Format] = []
    for stage in stages:
        own: tuple[Format, ...] = (
            tuple(FORMATS) if stage == "mixed" else tuple(f for f in FORMATS if f == stage)
        )
        found.append(Ledger(own, tuple(f for f in seen if f not in own), mix))
        seen += [form for form in own if form not in seen]
    return found


def warm_start_in_stages(
    config: RunConfig, theorems: Sequence[Theorem], insights: Sequence[Insight], out: Path, progress: Progress
) -> StagesStats:
    """Train through `config.sft.stages`; `out` gets model, tokenizer, `sft_stats.json` and `stages.json`.

    A finished `out` is returned as it is. Raises `ConfigError` for a prompt format without stages, `DataError` without
    usable proofs.
    """
    done = out / "stages.json"
    if done.is_file():
        return read_record(done, StagesStats, "the record of a warm start")
    if config.model.prompt not in FORMATS.values():
        raise ConfigError(
            f"sft.stages teaches the formats {', '.join(FORMATS.values())}; model.prompt is `{config.model.prompt}`"
        )
    train, lost = with_proofs(theorems, config)
    everything = lessons(train, insights, config.sft.stage_without)
    tokenizer = train_tokenizer(_corpus(everything), config.model.vocab_size, INSIGHT_TOKENS)
    model = build_tiny(config.model, tokenizer, config.seed)
    chosen = {t.name for t in choose(train, config.sft.share, config.seed)}
    examples = _Examples(
        config, tokenizer, [lesson for lesson in everything if lesson.theorem.name in chosen]
    )
    stages, stats = _train(config, model, examples, progress, lost)
    write_model(model, tokenizer, stats, out, {"stages.json": stages.model_dump_json(indent=1)})
    return stages


def _corpus(everything: Sequence[Lesson]) -> Iterator[str]:
    """What the tokenizer is trained on: every lesson in every format, the same for all arms."""
    for lesson in everything:
        for form in lesson.formats:
            yield "".join(lesson_text(lesson, form))


class _Examples:
    """Endless examples of each format, reshuffled every pass, and which of them fit."""

    def __init__(self, config: RunConfig, tokenizer: PreTrainedTokenizerFast, given: list[Lesson]) -> None:
        self.config, self.tokenizer, self.given = config, tokenizer, given
        self.rng = random.Random(f"stages {config.seed}")
        self.too_long: dict[str, int] = {}
        self.encoded: dict[tuple[str, Format], Example] = {}
        self.form: dict[tuple[str, Format], Format] = {}  # (theorem, format asked) -> the richest that fits
        self.plain_tokens = 0  # of one pass over plain proofs
        kept = []
        for lesson in given:
            fitting = [form for form in lesson.formats if self._measure(lesson, form)]
            if "proof" in fitting:
                kept.append(lesson)
                for form in FORMATS:
                    self.form[lesson.theorem.name, form] = _richest(form, fitting)
        self.lessons = kept
        if not kept:
            raise none_fits(given)
        self.decks: dict[str, list[Lesson]] = {}

    def example(self, form: Format) -> tuple[Format, Example]:
        """The next lesson, in `form` or the richest poorer one that fits."""
        deck = self.decks.setdefault(form, [])
        if not deck:
            deck += self.rng.sample(self.lessons, len(self.lessons))
        lesson = deck.pop()
        given = self.form[lesson.theorem.name, form]
        return given, self.encoded[lesson.theorem.name, given]

    def _measure(self, lesson: Lesson, form: Format) -> bool:
        """Encode a lesson in a format, once for the whole training; whether it fits."""
        item = encode(self.tokenizer, *lesson_text(lesson, form))
        good = fits(item, self.config)
        self.too_long[form] = self.too_long.get(form, 0) + (not good)
        if good:
            self.encoded[lesson.theorem.name, form] = item
        if good and form == "proof":
            self.plain_tokens += len(item[0])
        return good


def _richest(form: Format, fitting: Sequence[Format]) -> Format:
    order: list[Format] = list(FORMATS)
    return next(f for f in reversed(order[: order.index(form) + 1]) if f in fitting)


def _train(
    config: RunConfig, model: LlamaForCausalLM, examples: _Examples, progress: Progress, lost: str
) -> tuple[StagesStats, SFTStats]:
    sft = config.sft
    budget = sft.stage_tokens or math.ceil(sft.epochs * examples.plain_tokens)
    unit = max(budget, 1)  # no epochs: nothing is trained
    training = Training(model, sft.learning_rate, sft.prompt_weight, sft.max_seconds)
    stages = []
    with progress.stage("warm start", budget) as bar:
        if lost:
            bar.note(lost)
        plan = zip(sft.stages, ledgers(sft.stages, sft.stage_mix), strict=True)
        for number, (name, ledger) in enumerate(plan, 1):
            steps, seen, shown = len(training.losses), training.tokens, training.examples

            def tell(tokens: int, loss: float, name: str = name) -> None:
                bar.advance(tokens, stage=name, loss=round(loss, 3))

            end = (budget * number // len(sft.stages)) / unit
            batches = _batches(examples, ledger, sft.batch_size)
            training.teach(batches, lambda: training.tokens / unit, end, tell)
            stages.append(
                StageStats(
                    stage=name,
                    steps=len(training.losses) - steps,
                    examples=training.examples - shown,
                    tokens=training.tokens - seen,
                    by_format=dict(ledger.used),
                    loss=last_tenth(training.losses[steps:]),
                )
            )
    whole = StagesStats(
        budget=budget,
        tokens=training.tokens,
        stages=tuple(stages),
        proofs=len(examples.lessons),
        without_insight=sum(lesson.insight is None for lesson in examples.lessons),
        too_long=examples.too_long,
    )
    stats = training.stats(
        len(examples.lessons), len(examples.given) - len(examples.lessons), None, len(examples.tokenizer)
    )
    stopped_by = "epochs" if training.tokens >= budget else "max_seconds"
    return whole, stats.replace(loss=stages[-1].loss, stopped_by=stopped_by)


def _batches(examples: _Examples, ledger: Ledger, size: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless (ids, labels); like lengths share a batch, formats keep their shares of the tokens."""
    while True:
        window: list[tuple[Format, Example]] = []
        for _ in range(size * SORT_WINDOW):
            form, item = examples.example(ledger.due())
            ledger.drawn[form] += len(item[0])
            window.append((form, item))
        for chunk in of_like_length(window, size, examples.rng, lambda pair: len(pair[1][0])):
            for form, item in chunk:
                ledger.used[form] += len(item[0])
            yield collate([item for _, item in chunk], examples.tokenizer.pad_token_id)
