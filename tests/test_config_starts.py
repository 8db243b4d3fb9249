"""Any configuration that loads and that the dry run lets pass starts; any other is refused in one line.

Values come from the schema: numbers near their bounds and between them, every name and boolean, several keys at a time. To start
is to build what a room of the configuration describes, in small, and to use it once: a warm start and an update of the trainer,
a sampler, an exchange, a data set's text, a real Lean. Clocks and counts that only say how long a run goes on are cut short.
"""

from __future__ import annotations

import itertools
import math
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_gen.build import read_seeds
from data_gen.contamination import known_benchmarks
from data_gen.funnel import Funnel
from data_gen.generators import make_generators
from data_gen.generators.llm import ChatClient
from data_gen.judging import Judging
from eval.benchmarks import Benchmark
from eval.evaluate import evaluate
from physprover.app.preflight import data_problems
from physprover.app.wiring import ScriptSearch
from physprover.config import EngineConfig, RunConfig
from physprover.config_file import parse_config, with_preset
from physprover.errors import ConfigError
from physprover.lean.ask import open_pool
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Check, Problem
from physprover.models.load import load_model, load_sampler
from physprover.models.sampler import SamplingParams
from physprover.progress import Silent
from physprover.prompts import PROMPT_NAMES
from physprover.records import Theorem, Verdict
from rl import curriculum
from rl.ahead import Ahead
from rl.distributed.hook import ENTRY_BYTES, AdaptiveTopK, ByteBudget, SignExchange
from rl.groups import Sample
from rl.insight_reward import InsightReward
from rl.sampling.weight_sync import WeightHolder, WeightSender
from rl.trainer.batches import exchange_arguments
from rl.trainer.grpo import GroupTrainer
from rl.validation import conflicts, missing
from rl.warmstart.sft import imitate, warm_start
from rl.warmstart.stages import warm_start_in_stages
from tests.config_schema import Number, choices, inside, merged, numbers, tree

THEOREMS = [
    Theorem(
        name=f"f{i}",
        header="def f (n : Nat) : Nat := n",
        statement=f"theorem f{i} (n : Nat) : f (n + {i}) = f ({i} + n)",
        proof="by\n  grind [f]",
        premises=("f",),
        split="train",
    )
    for i in range(6)
]
BASE: dict[str, Any] = {
    "engine": {"workers": 1},
    "data": {"test_share": 0.2, "validation_share": 0.2},
    "model": {
        "hidden_size": 16,
        "layers": 1,
        "heads": 2,
        "vocab_size": 330,
        "max_prompt_tokens": 150,
        "max_new_tokens": 60,
    },
    "sft": {"epochs": 1, "batch_size": 4},
    "rl": {"steps": 2, "problems_per_step": 2, "group_size": 2},
    "eval": {"samples": 1},
}
NUMBERS = {number.key: number for number in numbers()}
CHOICES = {**choices(), "model.prompt": [*PROMPT_NAMES, "tiny-conjecture"]}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library of eight files, three theorems each."""
    folder = tmp_path_factory.mktemp("starts")
    (folder / "library").mkdir()
    for k in range(8):
        text = [f"def f{k} (n : Nat) : Nat := n + {k}"]
        text += [
            f"theorem t{k}_{i} (n : Nat) : f{k} (n + {i}) = f{k} ({i} + n) := by\n  simp [f{k}, Nat.add_comm]"
            for i in range(3)
        ]
        (folder / "library" / f"File{k}.lean").write_text("\n\n".join(text) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of a chat endpoint that refuses everything."""

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(400)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Place:
    """Where things are started, and with what."""

    folder: Path
    endpoint: str
    lean: EmbeddedEngine
    numbers: Iterator[int]
    warm: Path | None = None  # a warm start of the base configuration

    def fresh(self) -> Path:
        return self.folder / f"start-{next(self.numbers)}"

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        for check in checks:
            yield check, self.lean.check(check.problem, check.proof, 20.0, check.messages)

    def close(self) -> None: ...


@pytest.fixture(scope="module")
def here(place: Path, endpoint: str, lean: EmbeddedEngine) -> Iterator[Place]:
    made = Place(place, endpoint, lean, itertools.count())
    made.warm = warmed(full(made, {}), made)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # tensors this small
    yield made
    torch.set_num_threads(threads)
    if dist.is_initialized():
        dist.destroy_process_group()


# -- The rooms: what starting means in each. --


def warmed(config: RunConfig, here: Place) -> Path:
    """A warm start of a few steps, and its folder."""
    limit = min(0.1, config.sft.max_seconds or 0.1)
    # Stages draw sixteen batches before the first step.
    size = min(64, config.sft.batch_size) if config.sft.stages else config.sft.batch_size
    sft = config.sft.model_copy(update={"max_seconds": limit, "batch_size": size})
    short = config.model_copy(update={"sft": sft})
    out = here.fresh()
    if config.sft.stages:
        warm_start_in_stages(short, THEOREMS, [], out, Silent())
    else:
        warm_start(short, THEOREMS, out, Silent())
    return out


def start_model(config: RunConfig, here: Place) -> None:
    """The prover is made, sampled from, updated and handed over."""
    made = warmed(config, here)
    start_sampler(config, here, made)
    start_trainer(config, here, made)


def start_sft(config: RunConfig, here: Place) -> None:
    warmed(config, here)


def start_trainer(config: RunConfig, here: Place, made: Path | None = None) -> None:
    """One update from two attempts at one problem, and three hand-overs of its weights."""
    rl = config.rl.model_copy(update={"updates_per_batch": min(2, config.rl.updates_per_batch)})
    model, tokenizer = load_model(made or here.warm or "", config.model.dtype)
    trainer = GroupTrainer(model, tokenizer, config.model_copy(update={"rl": rl}), here.fresh())
    stats = trainer.update([Sample((4, 5, 6), (7, 8), (-6.0, -6.0), advantage) for advantage in (1.0, -1.0)])
    assert all(map(math.isfinite, (stats.loss, stats.grad_norm, stats.kl, stats.ratio_mean)))
    assert all(tensor.isfinite().all() for tensor in trainer.weights().values())
    sender, holder = (
        WeightSender(config.sampler, config.rl.save_every),
        WeightHolder(keep=config.sampler.handover == "delta"),
    )
    weights = {name: tensor.clone() for name, tensor in trainer.handover().items()}
    for version in range(1, 4):
        assert holder.take(sender.parcel(weights, version)) is not None
        weights = {name: (tensor + 1e-2).to(tensor.dtype) for name, tensor in weights.items()}


def start_sampler(config: RunConfig, here: Place, made: Path | None = None) -> None:
    """Attempts as RL and as the evaluation draw them."""
    sampler = load_sampler(made or here.warm or "", config)
    tokens = min(3, config.model.max_new_tokens)
    for temperature, top_p in ((config.rl.temperature, 1.0), (config.eval.temperature, config.eval.top_p)):
        params = SamplingParams(temperature=temperature, top_p=top_p, max_new_tokens=tokens, seed=config.seed)
        attempts = list(sampler.sample(THEOREMS[:1], 2, params))
        assert len(attempts) == 2
        assert all(math.isfinite(logprob) for attempt in attempts for logprob in attempt.logprobs)


def start_rl(config: RunConfig, here: Place) -> None:
    """What a step needs beside trainer and sampler, and these two."""
    course = curriculum.build(config.rl, THEOREMS, config.seed)
    assert course.pick(config.rl.problems_per_step, 1, 0)
    course.observe("f0", 1, config.rl.group_size, 1)
    assert course.pick(config.rl.problems_per_step, 2, 0)
    if config.rl.max_staleness > 1:
        Ahead(config, None, None)  # type: ignore[arg-type]  # its threads begin with the first weights
    if config.rl.insight.sketch or config.rl.insight.technique:
        InsightReward(config, here)
    start_sampler(config, here)
    start_trainer(config, here)


def start_exchange(config: RunConfig, here: Place) -> None:
    """Three exchanges of a gradient, in a process group of one."""
    asked = exchange_arguments(config)
    name = asked["exchange"]
    if name == "dense":
        return
    if not dist.is_initialized():
        dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    exchange: SignExchange | AdaptiveTopK
    if name.startswith("sign"):
        exchange = SignExchange(seed=asked["seed"], rule="mean" if name == "sign" else "majority")
    else:
        rule = name.removeprefix("topk-")
        exchange = AdaptiveTopK(ByteBudget(asked["run_bytes"], asked["run_steps"], rule, ENTRY_BYTES))
    for seed in range(3):
        gradient = torch.randn(64, generator=torch.Generator().manual_seed(seed))
        assert exchange.average(gradient).isfinite().all()


def start_expert(config: RunConfig, here: Place) -> None:
    """Two supervised steps, and the search of two problems."""
    model, tokenizer = load_model(here.warm or "", config.model.dtype)
    expert = config.rl.expert
    steps, rate = min(2, expert.steps), expert.peak_learning_rate
    imitate(config, model, tokenizer, THEOREMS, steps=steps, learning_rate=rate, seed=config.seed)  # type: ignore[arg-type]
    assert all(tensor.isfinite().all() for tensor in model.parameters())
    search = ScriptSearch(min(3, expert.checks), config.engine.seconds, config.seed)
    list(search.search(THEOREMS[:2] if expert.checks else [], here.check_many))


def start_eval(config: RunConfig, here: Place) -> None:
    """The evaluation of two problems, judged by Lean."""
    asked = config.eval.model_copy(update={"max_problems": min(2, config.eval.max_problems or 2)})
    if asked.samples > 4:
        asked = asked.model_copy(update={"samples": 4, "ks": (1,)})
    sampler, out = load_sampler(here.warm or "", config), here.fresh() / "test.json"
    benchmark = Benchmark(name="test", theorems=tuple(THEOREMS))
    evaluate(asked, sampler, here, benchmark, out, Silent(), seed=config.seed, max_new_tokens=4)


def start_data(config: RunConfig, here: Place) -> None:
    """All of a build that asks neither Lean nor a model: the seeds, a round of candidates, a request to the endpoint."""
    seeds, data = read_seeds(config), config.data
    judging = Judging(here, here.fresh(), config.engine.seconds)
    funnel = Funnel(
        judging, data.attempts_per_conjecture, known_benchmarks(config), data.near_duplicate, data.skip_stages
    )
    funnel.know(seeds)
    for generator in make_generators(config, here.fresh()):
        for candidates in itertools.islice(generator.rounds(seeds, print), 1):
            funnel._fresh(candidates)
    assert funnel.select(data.easy_share) == []
    llm = data.llm.model_copy(update={"model": "any", "url": here.endpoint, "retries": 0})
    # Either is an answer: the shortest deadlines that are allowed end before this endpoint can refuse.
    assert ChatClient(llm).ask("a conjecture").error.startswith(("HTTP 400", "no answer within"))


ROOMS: dict[str, tuple[tuple[str, ...], Any, dict[str, Any]]] = {
    # Keys that begin so, how they start, and what else is set so that they are read.
    "model": (("model.", "seed"), start_model, {}),
    "lora": (("model.", "rl.kl"), start_model, {"model": {"lora_rank": 4}, "rl": {"kl": 0.1}}),
    "sft": (("sft.", "model.vocab", "seed"), start_sft, {}),
    "stages": (("sft.", "model.prompt"), start_sft, {"sft": {"stages": ["proof", "mixed"]}}),
    "rl": (("rl.",), start_rl, {}),
    "ahead": (("rl.",), start_rl, {"rl": {"max_staleness": 3}}),
    "optimizer": (("rl.optimizer.", "rl.max_grad_norm", "model.dtype"), start_trainer, {}),
    "exchange": (("rl.exchange.", "rl.", "cluster."), start_exchange, {"cluster": {"trainer_processes": 2}}),
    "expert": (("rl.expert.", "sft.", "seed"), start_expert, {"rl": {"expert": {"checks": 2}}}),
    "sampler": (("sampler.", "rl.save_every"), start_trainer, {}),
    "delta": (("sampler.", "rl.save_every"), start_trainer, {"sampler": {"handover": "delta"}}),
    "eval": (("eval.", "sampler.", "seed"), start_eval, {}),
    "data": (("data.",), start_data, {}),
}


def near(number: Number) -> st.SearchStrategy[Any]:
    """Values at and beside the bounds, and within them."""
    if number.kind is int:
        least, most = int(number.least), int(number.most)
        return st.one_of(st.sampled_from([least, least + 1, most - 1, most]), inside(number))
    least = math.nextafter(number.least, math.inf) if number.open_below else number.least
    most = math.nextafter(number.most, -math.inf) if number.open_above else number.most
    usual = st.floats(max(least, 1e-3), min(most, 10.0)) if number.most > 1e-3 else inside(number)
    return st.one_of(st.sampled_from([least, most]), usual, inside(number))


@st.composite
def asked(draw: st.DrawFn, room: str) -> dict[str, Any]:
    """One to three keys of a room, the context in which they are read around them."""
    begins, _, context = ROOMS[room]
    keys = [key for key in (*NUMBERS, *CHOICES) if key.startswith(begins)]
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3, unique=True))
    drawn = [
        tree(key, draw(near(NUMBERS[key]) if key in NUMBERS else st.sampled_from(CHOICES[key])))
        for key in chosen
    ]
    return merged([context, *drawn])


def full(here: Place, wanted: dict[str, Any]) -> RunConfig:
    """The base configuration with what is asked for."""
    places = {"output": str(here.folder / "runs"), "data": {"library": str(here.folder / "library")}}
    return with_preset(parse_config(merged([BASE, places, wanted])))


def refusal(here: Place, wanted: dict[str, Any]) -> str:
    """What `physprover run --dry-run` says against a configuration first; "" where it lets it pass."""
    try:
        config = full(here, wanted)
    except ConfigError as error:
        return str(error)
    return next(itertools.chain(conflicts(config), missing(config), data_problems(config)), "")


@pytest.mark.parametrize("room", ROOMS)
def test_what_the_dry_run_lets_pass_starts(room: str, here: Place) -> None:
    passed = 0

    @settings(
        max_examples=int(os.environ.get("PHYSPROVER_EXAMPLES", "15")),
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(asked(room))
    def run(wanted: dict[str, Any]) -> None:
        nonlocal passed
        found = refusal(here, wanted)
        assert "\n" not in found
        if not found:
            passed += 1
            ROOMS[room][1](full(here, wanted), here)

    run()
    assert passed, "nothing was started"


def test_the_smallest_engine_starts() -> None:
    lower = NUMBERS["engine.memory_gb"].least
    config = EngineConfig(workers=1, memory_gb=lower, seconds=NUMBERS["engine.seconds"].most)
    problem = Problem(header="", statement="theorem t : 1 + 1 = 2")
    with open_pool(config) as pool:
        ((_, verdict),) = pool.check_many(
            [Check(id="", problem=problem, proof="rfl", seconds=config.seconds)]
        )
    assert verdict.reward == 1.0
