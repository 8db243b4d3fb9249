"""What is asked before a run starts: whether its data set can serve it, and how long it will take on this machine."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from physprover.config import RunConfig
from physprover.config_file import load_config
from physprover.dataset import load_split
from physprover.errors import PhysProverError, RunError
from physprover.lean.protocol import Check, Pool, Problem
from physprover.models.fetch import resolve_model
from physprover.records import Theorem
from physprover.resources import resolve
from physprover.runs import RunDir, changes, step_of, usable_cores


def data_problems(config: RunConfig) -> Iterator[str]:
    """Why the data set that a run builds, or is given, cannot serve it, a line each; reads text, asks no Lean."""
    from data_gen.build import read_seeds

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
    if all(splits.values()):
        yield from (_too_long if config.model.path is None else _too_long_for_a_model)(config, splits)


def folder_problems(config: RunConfig) -> Iterator[str]:
    """Why the run that its directory holds cannot be gone on with; changes nothing there."""
    kept = Path(config.output) / config.name / "config.toml"
    if kept.exists():
        try:
            changes(load_config(kept), config, kept.parent)
            refuse_fewer_steps(config, RunDir(kept.parent))
        except PhysProverError as error:
            yield str(error)


def refuse_fewer_steps(config: RunConfig, run: RunDir) -> None:
    """Raise `RunError` where the run has trained more steps than it is to have."""
    last = run.last_checkpoint()
    trained = step_of(last) if last else 0
    if config.rl.steps < trained:
        raise RunError(f"{run.path}: rl.steps is {config.rl.steps}, but step {trained} is already trained")


def _too_long(config: RunConfig, splits: Mapping[str, Sequence[Theorem]]) -> Iterator[str]:
    """Splits of which nothing fits the context of a tiny prover built from scratch."""
    from physprover.models.tiny import train_tokenizer
    from physprover.prompts import get_prompt, says

    model, prompt = config.model, get_prompt(config.model.prompt)

    def fits(theorem: Theorem, tokens: Callable[[str], int]) -> bool:
        taught = theorem.proof if theorem.split == "train" else None
        if taught and not says(prompt, theorem):
            return False
        answer = prompt.target(theorem, taught) if taught else ""
        return tokens(prompt.render(theorem)) <= model.max_prompt_tokens and (
            tokens(answer) < model.max_new_tokens
        )

    # No text has more tokens than bytes; only where that does not settle it is the tokenizer trained, as the warm start will.
    unsure = {k: v for k, v in splits.items() if not any(fits(t, lambda text: len(text.encode())) for t in v)}
    if not unsure:
        return
    texts = [prompt.render(t) + prompt.target(t, t.proof or "") for t in splits["train"] if says(prompt, t)]
    tokenizer = train_tokenizer(texts, model.vocab_size)
    for split, theorems in unsure.items():
        if not any(fits(t, lambda text: len(tokenizer.tokenize(text))) for t in theorems):
            yield (
                f"data: nothing in the {split} split fits model.max_prompt_tokens = {model.max_prompt_tokens} and "
                f"model.max_new_tokens = {model.max_new_tokens}"
            )


def _too_long_for_a_model(config: RunConfig, splits: Mapping[str, Sequence[Theorem]]) -> Iterator[str]:
    """Splits of which no prompt fits what a given model is asked, where it is on this disk."""
    from physprover.models.load import shared_tokenizer
    from physprover.prompts import get_prompt

    limit = config.model.max_prompt_tokens
    try:
        folder = Path(resolve_model(config.model.path or ""))
        if not (folder / "config.json").is_file():
            return  # it is downloaded at the first start
        tokenizer = shared_tokenizer(folder)
        prompt = get_prompt(config.model.prompt, tokenizer)
    except PhysProverError:
        return  # `rl.validation.missing` says so
    for split, theorems in splits.items():
        shortest: float = math.inf
        for theorem in theorems:
            ids = tokenizer(prompt.render(theorem), add_special_tokens=False)["input_ids"]
            if (shortest := min(shortest, len(ids))) <= limit:
                break
        else:
            yield (
                f"data: no problem of the {split} split fits model.max_prompt_tokens = {limit}; the shortest prompt has "
                f"{shortest} tokens"
            )


# -- How long a run will take. --
#
# Work decides what a run does, so its length is work times speed. The work is counted from the configuration and the library's
# text; the speed is measured for a few seconds with the run's own model and Lean: CPU seconds of one supervised step and of one
# check, and how much longer than those they took by the clock, which is what other programs take.

_THEOREM = re.compile(r"^theorem\s", re.MULTILINE)
_KEPT = 0.85  # of the quickstart's candidates are kept as conjectures
_CHECKS_OF_CANDIDATE = 3.0
_CHECK = 1.5  # CPU seconds of the mean check of a quickstart run over those of the one that is measured
_TRAIN, _TEST = 0.7, 0.25  # shares of a library's theorems in these splits
_DISTINCT = 0.4  # of sampled attempts: the others repeat one that was judged
_SEARCH_CHECKS = 3.5  # of a train problem, until a script closes it or all have failed
_TEMPLATES = 6.0  # scripts asked of each test theorem, for the lines of the report
_SAMPLE = 0.02  # supervised steps that sampling an attempt costs
_LEARN = 0.03  # and learning from one


@dataclass(frozen=True)
class Speed:
    """This machine, as measured."""

    step: float  # CPU seconds of one supervised step
    check: float  # CPU seconds of one Lean check of a common kind
    wait: float  # clock seconds over CPU seconds, at least 1: what other programs take
    cores: int


@dataclass(frozen=True)
class Work:
    """What a run does, in units whose cost can be measured."""

    steps: float  # supervised steps, with sampling and RL updates as their worth in steps
    checks: float

    def minutes(self, speed: Speed, workers: int) -> float:
        """Minutes by the clock, if the machine stays as it is: Lean works while models train, checks take one core a worker."""
        training = self.steps * speed.step / min(speed.cores, 2)
        judging = self.checks * _CHECK * speed.check / min(speed.cores, workers)
        return (training + judging) * speed.wait / 60


def work_of(config: RunConfig, theorems: int) -> Work:
    """The work of a run on a library of so many theorems. Within a third, on PhysCore: attempts differ in how often they repeat."""
    candidates = config.data.max_candidates
    conjectures = _KEPT * (
        candidates if candidates is not None else config.data.conjectures_per_seed * theorems
    )
    train = _TRAIN * theorems + conjectures
    evaluations = 2 if config.rl.steps else 1
    attempts = evaluations * config.eval.samples * min(_TEST * theorems, config.eval.max_problems or math.inf)
    rl = config.rl
    sampled = rl.steps * rl.problems_per_step * rl.group_size * (1 + 0.5 * rl.max_refills)
    searched = train if rl.steps and rl.expert.checks else 0.0
    checks = (
        1.3 * theorems
        + _CHECKS_OF_CANDIDATE * conjectures / _KEPT
        + _TEMPLATES * min(_TEST * theorems, config.eval.max_problems or math.inf)
        + _DISTINCT * (attempts + sampled)
        + min(_SEARCH_CHECKS, rl.expert.checks) * searched
    )
    steps = config.sft.epochs * config.sft.share * train / config.sft.batch_size
    if searched:
        steps += rl.expert.steps
    return Work(steps + _SAMPLE * (attempts + sampled) + _LEARN * sampled, checks)


def theorems_of(library: Path) -> int:
    """How many theorems the text of a Lean library holds."""
    return sum(len(_THEOREM.findall(file.read_text(encoding="utf-8"))) for file in library.rglob("*.lean"))


def measure(config: RunConfig, pool: Pool) -> Speed:
    """A few supervised steps of the run's own model, on random tokens, and a few checks by its own Lean workers."""
    step, step_clock = _time_steps(config)
    check, check_clock = _time_checks(pool)
    wait = max(1.0, (step_clock + check_clock) / max(step + check, 1e-9))
    return Speed(step, check, wait, usable_cores())


_STEPS, _CHECKS = 3, 6  # that are timed
_FIRST = 2  # checks before them, by which Lean and its judge start


def _time_steps(config: RunConfig) -> tuple[float, float]:
    """CPU and clock seconds of one supervised step."""
    import torch
    from transformers import LlamaForCausalLM

    from physprover.models.tiny import tiny_shape
    from rl.warmstart.sft import optimizers, take_step

    model = LlamaForCausalLM(tiny_shape(config.model, config.model.vocab_size))
    ids = torch.randint(3, config.model.vocab_size, (config.sft.batch_size, 120))
    labels = ids.clone()
    labels[:, :100] = -1 - ids[:, :100]
    pair = optimizers(model, 1e-4)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so that CPU seconds hold no waiting of threads for each other
    try:
        take_step(model, pair, 1e-4, config.sft.prompt_weight, ids, labels)
        cpu, clock = time.process_time(), time.perf_counter()
        for _ in range(_STEPS):
            take_step(model, pair, 1e-4, config.sft.prompt_weight, ids, labels)
        return (time.process_time() - cpu) / _STEPS, (time.perf_counter() - clock) / _STEPS
    finally:
        torch.set_num_threads(threads)


def _time_checks(pool: Pool) -> tuple[float, float]:
    """CPU and clock seconds of one check, after the first ones."""
    list(pool.check_many([_check(_CHECKS + i) for i in range(_FIRST)]))
    cpu = clock = 0.0
    for i in range(_CHECKS):
        begin = time.perf_counter()
        ((_, verdict),) = list(pool.check_many([_check(i)]))
        clock += time.perf_counter() - begin
        cpu += verdict.seconds
    return cpu / _CHECKS, clock / _CHECKS


def _check(number: int) -> Check:
    """One of a common kind; each number has a text of its own."""
    problem = Problem(
        header="def kinetic (m v : Int) : Int := m * v * v",
        statement="theorem kinetic_neg (m v : Int) : kinetic m v = kinetic m (-v)",
    )
    proof = f"by\n  have h{number} : {number} = {number} := rfl\n  grind [kinetic]"
    return Check(id=str(number), problem=problem, proof=proof, seconds=60.0, messages=0)


def sentence(speed: Speed, minutes: float) -> str:
    """The estimate in one line."""
    busy = "" if speed.wait < 1.3 else f", {speed.wait:.1f} times as long as on an idle machine"
    cores = "1 core" if speed.cores == 1 else f"{speed.cores} cores"
    return (
        f"this machine: {cores}, a training step in {speed.step:.2f} CPU seconds, a check in {speed.check:.3f}: "
        f"about {max(1, round(minutes))} minutes{busy}"
    )


def applies(config: RunConfig) -> bool:
    """Whether the work of a run can be counted: a tiny prover that learns on this machine from a library of ours. Others have
    `physprover plan`."""
    return config.model.path is None and config.data.dataset is None and not config.cluster.gpus


def estimated(config: RunConfig, pool: Pool) -> str:
    """The estimate, in one line."""
    speed = measure(config, pool)
    work = work_of(config, theorems_of(resolve(config.data.library)))
    return sentence(speed, work.minutes(speed, config.engine.workers))
