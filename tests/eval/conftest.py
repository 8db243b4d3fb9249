"""A run directory made of real record types and invented values, to look at the report without a run."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.baselines import ClosedTheorem, lines
from eval.results import (
    EvalResult,
    EvalSettings,
    FailedExample,
    TheoremResult,
    summarise,
    theorem_result,
    theorems_hash,
)
from physprover.benchmark_files import NotRunnable
from physprover.files import file_hash, write_record
from physprover.records import (
    Attempt,
    JudgedAttempt,
    Outcome,
    SamplerInfo,
    Theorem,
    Verdict,
    write_jsonl,
)
from physprover.runs import Event, RunDir, StepMetrics

DOMAINS = {
    "ClassicalMechanics": (
        9,
        "kineticEnergy",
        "A synthetic body keeps its energy when its velocity is reversed.",
    ),
    "Electromagnetism": (8, "parallelResistance", "Two synthetic resistors in parallel may be swapped."),
    "QuantumMechanics": (
        11,
        "commutator",
        "A synthetic commutator changes sign when its factors trade places.",
    ),
    "Relativity": (
        10,
        "massSquared",
        "The synthetic invariant mass does not notice the direction of flight.",
    ),
    "Thermodynamics": (7, "entropyCount", "Synthetic states of independent systems multiply."),
    "Particles": (8, "hypercharge", "The synthetic charge is the sum of its parts."),
    "Optics": (9, "thinLens", "A synthetic lens and its mirror image focus alike."),
}
ENGINE = "synthetic engine, no Lean was run"
SETTINGS = EvalSettings(
    samples=8, ks=(1, 8), temperature=1.0, top_p=1.0, max_new_tokens=96, seed=0, check_seconds=20.0
)


def theorem_row(index: int, domain: str, rate: float, rng: random.Random, multi: bool) -> TheoremResult:
    """One theorem whose invented success rate is `rate`."""
    _, definition, informal = DOMAINS[domain]
    correct = sum(rng.random() < rate for _ in range(8))
    failed = FailedExample(
        proof=f"by\n  simp only [{definition}]\n  omega",
        outcome=Outcome.REJECTED,
        message="error: 3:2: omega could not prove the goal:\na possible counterexample may satisfy the constraints\n"
        "  a*b <= -1\nwhere\n a := m\n b := v * v",
        times=max(1, 8 - correct),
    )
    outcomes = {"proved": correct, "rejected": 8 - correct}
    if index % 13 == 5 and correct < 8:
        outcomes = {"proved": correct, "rejected": 7 - correct, "timeout": 1}
    return TheoremResult(
        name=f"Synthetic.{domain}.{definition}_law_{index}",
        domain=domain,
        level="multi-step" if multi else "one tactic",
        closed_by=() if multi else (("grind", "simp") if index % 3 else ("omega",)),
        statement=f"theorem {definition}_law_{index} (m v : Int) (h : 0 ≤ m) :\n"
        f"    {definition} m (-v) + {index} = {definition} m v + {index}",
        informal=informal,
        n=8,
        correct=correct,
        outcomes={k: v for k, v in outcomes.items() if v},
        accepted=f"by\n  simp only [{definition}]\n  grind" if correct else None,
        failed=failed if correct < 8 else None,
    )


def synthetic_result(
    label: str, version: int, gain: float, benchmark: str = "test", seed: int = 1
) -> EvalResult:
    """An evaluation with invented rates; `gain` is added to each theorem's rate."""
    rng, base = random.Random(f"{seed} {version}"), random.Random(seed)
    rows = []
    for domain, (count, *_) in DOMAINS.items():
        for _ in range(count):
            multi = base.random() < 0.6
            rate = base.betavariate(0.5, 2.0 if multi else 1.0)
            rows.append(theorem_row(len(rows), domain, min(1.0, rate + gain * base.random()), rng, multi))
    summary = summarise(rows, SETTINGS.ks)
    return EvalResult(
        label=label,
        benchmark=benchmark,
        sampler="synthetic",
        model="invented",
        weights_version=version,
        prompt_format="tiny",
        settings=SETTINGS,
        theorems=tuple(rows),
        versions={"engine": ENGINE},
        hashes={"theorems": "0" * 64},
        started=1.0 + version,
        seconds=31.0,
        **dict(summary),
        not_runnable=(NotRunnable(name="synthetic_real_1", reason="needs Mathlib: real numbers"),)
        if benchmark != "test"
        else (),
    )


def synthetic_run(path: Path, steps: int = 40) -> RunDir:
    """Fill a run directory."""
    run, rng = RunDir(path), random.Random(0)
    (path / "config.toml").write_text('name = "synthetic"\nseed = 0\n\n[rl]\nsteps = 40\ngroup_size = 8\n')
    run.write_json("provenance.json", {"physprover": "0", "python": "3.11", "packages": {"torch": "2.13"}})
    stages, left = ("distinct", "uncontaminated", "elaborates", "provable", "selected"), 2931
    funnel = []
    for stage, passed in zip(stages, (2610, 2588, 2410, 1316, 974), strict=True):
        funnel.append({"stage": stage, "entered": left, "passed": passed, "seconds": passed / 30})
        left = passed
    run.write_json("data/stats.json", {"funnel": funnel})
    time = 1000.0
    for stage, seconds in (
        ("data", 158.2),
        ("warm start", 104.0),
        ("evaluate before", 33.1),
        ("RL", 296.0),
        ("evaluate after", 29.8),
    ):
        run.append("events.jsonl", Event(stage=stage, kind="begin", time=time))
        time += seconds
        run.append("events.jsonl", Event(stage=stage, kind="end", time=time, seconds=seconds))
    for step in range(1, steps + 1):
        reward = 0.25 + 0.3 * step / 40 + rng.gauss(0, 0.04)
        run.append(
            "metrics.jsonl",
            StepMetrics(
                step=step,
                reward=reward,
                attempts=128,
                judged=128,
                proved=round(128 * reward),
                zero_variance=0.3,
                canaries=2,
                seconds=7.4,
                seconds_sampling=1.2,
                seconds_judging=3.9,
                seconds_training=2.1,
                entropy=1.2 - step / 60,
                moved=step != 7,
            ),
        )
    before, after = synthetic_result("test-before", 0, 0.0), synthetic_result("test-after", steps, 0.6)
    for result in (before, after, synthetic_result("minif2f-before", 0, -0.2, "minif2f")):
        result.write(path / "eval" / f"{result.label}.json")
    closed = [
        ClosedTheorem(name=t.name, domain=t.domain, closed_by=t.closed_by or ()) for t in before.theorems
    ]
    write_record(path / "eval" / "portfolio-test.json", lines(closed))
    return run


def synthetic_evaluation(
    folder: Path, seed: int = 0, theorems: int = 12, samples: int = 4, text: str = "", tokens: bool = True
) -> Path:
    """A result file with its attempts, counted as `evaluate` counts them; verdicts are invented. `text` ends each proof."""
    rng = random.Random(seed)
    asked = [
        Theorem(
            name=f"Synthetic.t{i}",
            statement=f"theorem t{i} : {i} = {i}",
            domain=("Optics", "Relativity")[i % 2],
            closed_by=("rfl",) if i % 3 == 0 else (),
        )
        for i in range(theorems)
    ]
    judged = [_invented(theorem, seed, rng, text, tokens) for theorem in asked for _ in range(samples)]
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"test-step-9-seed{seed}.json"
    write_jsonl(out.with_suffix(".attempts.jsonl"), judged)
    rows = [theorem_result(t, [j for j in judged if j.attempt.theorem == t.name]) for t in asked]
    ks = (1, samples) if samples > 1 else (1,)
    summary = summarise(rows, ks)
    EvalResult(
        label=out.stem,
        benchmark="test",
        sampler="synthetic",
        model="runs/invented/step-9",
        weights_version=9,
        prompt_format="tiny",
        settings=SETTINGS.replace(samples=samples, ks=ks, seed=seed),
        theorems=tuple(rows),
        versions={"engine": ENGINE},
        hashes={
            "theorems": theorems_hash(asked),
            "attempts": file_hash(out.with_suffix(".attempts.jsonl")),
        },
        command=f"physprover eval runs/invented --seed {seed}",
        not_runnable=(NotRunnable(name="Synthetic.real", reason="needs Mathlib: real numbers"),),
        **dict(summary),
    ).write(out)
    return out


def _invented(theorem: Theorem, seed: int, rng: random.Random, text: str, tokens: bool) -> JudgedAttempt:
    number, draw = rng.randrange(6), rng.random()
    outcome = Outcome.PROVED if draw < 0.4 else Outcome.REJECTED if draw < 0.9 else Outcome.INFRASTRUCTURE
    return JudgedAttempt(
        attempt=Attempt(
            theorem=theorem.name,
            proof=f"by\n  exact step_{number}{text}",
            sampler=SamplerInfo(name="synthetic"),
            token_ids=tuple(range(rng.randrange(3, 30))) if tokens else (),
            seed=seed,
        ),
        verdict=Verdict(
            outcome=outcome,
            messages=() if outcome is Outcome.PROVED else (f"error: 2:3: no step_{number}",),
            engine=ENGINE,
        ),
    )


@pytest.fixture(scope="session")
def make_evaluation() -> Callable[..., Path]:
    """`synthetic_evaluation`, for tests."""
    return synthetic_evaluation


@pytest.fixture(scope="session")
def make_result() -> Callable[..., EvalResult]:
    """`synthetic_result`, for tests."""
    return synthetic_result


@pytest.fixture(scope="session")
def make_run() -> Callable[..., RunDir]:
    """`synthetic_run`, for tests."""
    return synthetic_run
