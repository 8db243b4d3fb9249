"""Sampling, judging, resuming. The scripted prover and checker below stand for a model and Lean where only the bookkeeping
is under test; `test_with_lean.py` runs the same functions against the real engine."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from eval.benchmarks import Benchmark
from eval.evaluate import evaluate
from eval.rejudge import Completions, holds_attempts, rejudge
from eval.report.figures import pass_at_ks
from eval.report.pages import write_page
from eval.results import EvalResult, Flag, read_result
from physprover.app.commands import app
from physprover.app.commands.eval import table
from physprover.benchmark_files import NotRunnable
from physprover.config import EvalConfig
from physprover.errors import ConfigError, DataError, RunError
from physprover.lean.ask import judge_attempts
from physprover.lean.protocol import Check, Pool
from physprover.models.sampler import SamplingParams
from physprover.progress import Silent
from physprover.prompts import get_prompt
from physprover.records import Attempt, JudgedAttempt, Outcome, SamplerInfo, Theorem, Verdict, read_jsonl
from physprover.tables import Columns
from tests.scripted import ScriptedPool, ScriptedSampler

THEOREMS = [
    Theorem(
        name=f"t{i}",
        statement=f"theorem t{i} : {i} = {i}",
        domain="ab"[i % 2],
        closed_by=(() if i < 3 else ("rfl",)),
    )
    for i in range(6)
]
BENCHMARK = Benchmark(name="test", theorems=tuple(THEOREMS))
CONFIG = EvalConfig(samples=4, ks=(1, 4))


class Scripted(ScriptedSampler):
    """Writes "<seed> <index>" and remembers every call."""

    def __init__(self, repeat: bool = False, too_long: tuple[str, ...] = (), version: int = 3) -> None:
        self.calls: list[tuple[str, int, int]] = []
        self.repeat, self.too_long = repeat, too_long
        self.info = SamplerInfo(name="scripted", model="none", weights_version=version)

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        for theorem in theorems:
            for i in range(n):
                self.calls.append((theorem.name, params.seed, i))
                text = "same" if self.repeat else f"{params.seed} {i}"
                yield Attempt(
                    theorem=theorem.name, proof=text, sampler=self.info, token_ids=(1,), logprobs=(-0.5,)
                )

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        return [t.name for t in theorems if t.name in self.too_long]


class Checker(ScriptedPool):
    """Accepts even indices; dies after `fuse` verdicts; the theorem `broken` is never judged."""

    def __init__(self, fuse: int | None = None, broken: str = "") -> None:
        super().__init__()
        self.fuse, self.broken = fuse, broken

    def verdict(self, check: Check) -> Verdict:
        if self.fuse is not None and len(self.asked) > self.fuse:
            raise KeyboardInterrupt
        outcome = Outcome.PROVED if check.proof[-1] in "02468" else Outcome.REJECTED
        if self.broken and f" {self.broken} " in check.problem.statement:
            outcome = Outcome.INFRASTRUCTURE
        return Verdict(outcome=outcome, messages=("error: no",), engine="scripted")


def run(out: Path, sampler: Scripted, pool: Checker, **changes: object) -> EvalResult:
    config = CONFIG.model_copy(update=changes)
    return evaluate(config, sampler, pool, BENCHMARK, out, Silent(), seed=7, max_new_tokens=32)


def test_counts_and_figures(tmp_path: Path) -> None:
    result = run(tmp_path / "r.json", Scripted(), Checker())
    assert [(t.n, t.correct) for t in result.theorems] == [(4, 2)] * 6
    first, best = result.overall.at(1), result.overall.at(4)
    assert first is not None
    assert best is not None
    assert (first.value, best.value) == (0.5, 1.0)
    assert {g.name: g.theorems for g in result.by_domain} == {"a": 3, "b": 3}
    assert {g.name: g.theorems for g in result.by_level} == {"one tactic": 3, "multi-step": 3}
    assert result.outcomes == {"proved": 12, "rejected": 12}
    assert read_result(tmp_path / "r.json") == result


def test_a_killed_evaluation_samples_nothing_twice(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    first, second = Scripted(), Scripted()
    with pytest.raises(KeyboardInterrupt):
        run(out, first, Checker(fuse=9))
    assert not out.exists()
    result = run(out, second, Checker())
    assert [t.n for t in result.theorems] == [4] * 6
    calls = Counter(name for name, *_ in first.calls + second.calls)
    assert set(calls.values()) == {4}
    assert not {(n, s) for n, s, _ in first.calls} & {(n, s) for n, s, _ in second.calls}
    saved = list(read_jsonl(tmp_path / "r.attempts.jsonl", JudgedAttempt))
    assert len(saved) == 24
    assert len({(j.attempt.theorem, j.attempt.proof) for j in saved}) == 24
    assert not (tmp_path / "r.samples.jsonl").exists()


def test_what_was_sampled_before_a_kill_is_judged_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "r.json"

    class Eager(Checker):
        def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
            yield from super().check_many(list(checks))

    with pytest.raises(KeyboardInterrupt):
        run(out, Scripted(), Eager(fuse=5))
    resumed = Scripted()
    assert [t.n for t in run(out, resumed, Checker()).theorems] == [4] * 6
    assert resumed.calls == []


def test_half_written_lines_are_cut(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    with pytest.raises(KeyboardInterrupt):
        run(out, Scripted(), Checker(fuse=9))
    with (tmp_path / "r.attempts.jsonl").open("a") as file:
        file.write('{"attempt": {"theo')
    assert [t.n for t in run(out, Scripted(), Checker()).theorems] == [4] * 6


def test_a_finished_evaluation_is_read_not_repeated(tmp_path: Path) -> None:
    result = run(tmp_path / "r.json", Scripted(), Checker())
    sampler, pool = Scripted(), Checker()
    assert run(tmp_path / "r.json", sampler, pool) == result
    assert sampler.calls == []
    assert pool.asked == []


def test_other_settings_do_not_mix_with_saved_attempts(tmp_path: Path) -> None:
    run(tmp_path / "r.json", Scripted(), Checker())
    for sampler, changes in ((Scripted(), {"temperature": 0.5}), (Scripted(version=4), {})):
        with pytest.raises(RunError, match="other settings"):
            run(tmp_path / "r.json", sampler, Checker(), **changes)


def test_equal_texts_share_one_check(tmp_path: Path) -> None:
    pool = Checker()
    result = run(tmp_path / "r.json", Scripted(repeat=True), pool)
    assert len(pool.asked) == 6
    assert [t.n for t in result.theorems] == [4] * 6
    assert all(t.failed is not None and t.failed.times == 4 for t in result.theorems)


def test_unjudged_attempts_are_tried_once_more_and_then_left_out(tmp_path: Path) -> None:
    pool = Checker(broken="t1")
    result = run(tmp_path / "r.json", Scripted(), pool)
    broken = next(t for t in result.theorems if t.name == "t1")
    assert (broken.n, broken.correct, broken.unjudged) == (0, 0, 4)
    assert Counter((c.problem.statement, c.proof) for c in pool.asked)[THEOREMS[1].statement, "7 0"] == 2
    first = result.overall.at(1)
    assert first is not None
    assert (first.value, first.theorems) == (0.5, 5)
    assert result.unjudged == 4


def test_prompts_that_do_not_fit_are_listed(tmp_path: Path) -> None:
    result = run(tmp_path / "r.json", Scripted(too_long=("t2",)), Checker())
    assert [n.name for n in result.not_runnable] == ["t2"]
    assert len(result.theorems) == 5


def test_a_model_without_an_end_token_is_told(tmp_path: Path) -> None:
    class Endless(Scripted):
        def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
            return (a.replace(truncated=True) for a in super().sample(theorems, n, params))

    result = run(tmp_path / "r.json", Endless(), Checker())
    assert result.truncated == 24
    assert "24 of 24 attempts ran into the limit of 32 tokens without an end token" in table(result)


def test_cap_keeps_the_same_problems(tmp_path: Path) -> None:
    names = [
        [t.name for t in run(tmp_path / f"{i}.json", Scripted(), Checker(), max_problems=3).theorems]
        for i in (0, 1)
    ]
    assert names[0] == names[1]
    assert len(names[0]) == 3


def test_bad_requests_are_one_clear_line(tmp_path: Path) -> None:
    def ask(benchmark: Benchmark) -> None:
        out = tmp_path / "r.json"
        evaluate(CONFIG, Scripted(), Checker(), benchmark, out, Silent(), seed=0, max_new_tokens=8)

    with pytest.raises(ConfigError, match=r"each k must be between 1 and eval.samples = 4"):
        run(tmp_path / "r.json", Scripted(), Checker(), ks=(1, 8))
    with pytest.raises(DataError, match="nothing to evaluate"):
        ask(BENCHMARK.replace(theorems=()))
    with pytest.raises(DataError, match="two problems are named `t0`"):
        ask(BENCHMARK.replace(theorems=(THEOREMS[0], THEOREMS[0])))


def test_a_sampler_that_falls_short_is_an_error(tmp_path: Path) -> None:
    class Lazy(Scripted):
        def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
            yield from list(super().sample(theorems, n, params))[:-1]

    with pytest.raises(RunError, match="left out 1 of 4 attempts for `t5`"):
        run(tmp_path / "r.json", Lazy(), Checker())


def test_every_attempt_comes_back_once_from_a_pool_in_any_order() -> None:
    class Backwards(Checker):
        def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
            yield from reversed(list(super().check_many(checks)))

    attempts = list(Scripted().sample(THEOREMS, 3, SamplingParams())) * 2
    judged = list(judge_attempts(attempts, {t.name: t for t in THEOREMS}, Backwards(), 1.0))
    assert Counter(j.attempt.proof + j.attempt.theorem for j in judged) == Counter(
        a.proof + a.theorem for a in attempts
    )


def test_replay_agrees_with_itself_and_finds_a_change(tmp_path: Path) -> None:
    run(tmp_path / "r.json", Scripted(), Checker())
    attempts = tmp_path / "r.attempts.jsonl"
    same = rejudge(attempts, THEOREMS, Checker(), Silent())
    assert (same.texts, same.agreed, same.changes) == (24, 24, ())

    changed = rejudge(attempts, THEOREMS, ScriptedPool(lambda _: Outcome.REJECTED), Silent())
    assert len(changed.changes) == 12
    assert {(c.before, c.after) for c in changed.changes} == {(Outcome.PROVED, Outcome.REJECTED)}
    partial = rejudge(attempts, THEOREMS[:2], Checker(), Silent())
    assert (partial.texts, partial.unknown) == (8, ("t2", "t3", "t4", "t5"))
    with pytest.raises(DataError, match="none of its theorems"):
        rejudge(attempts, [THEOREMS[0].replace(name="other")], Checker(), Silent())


def write_rows(file: Path, *rows: object) -> Path:
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return file


def test_completions_go_on_after_a_kill_where_they_ended(tmp_path: Path) -> None:
    rows = [{"name": t.name, "completions": [f"by exact {i}" for i in range(5)]} for t in THEOREMS]
    read = Completions(write_rows(tmp_path / "rows.jsonl", *rows), "mine", BENCHMARK, samples=4)
    assert (read.counts, read.foreign) == (dict.fromkeys((t.name for t in THEOREMS), 4), ())

    def score(pool: Pool) -> EvalResult:
        return evaluate(
            CONFIG, read, pool, read.benchmark, tmp_path / "r.json", Silent(), seed=0, max_new_tokens=None
        )

    with pytest.raises(KeyboardInterrupt):
        score(Checker(fuse=7))
    assert [(t.n, sum(t.outcomes.values())) for t in score(ScriptedPool()).theorems] == [(4, 4)] * 6
    judged = read_jsonl(tmp_path / "r.attempts.jsonl", JudgedAttempt)
    assert Counter((j.attempt.theorem, j.attempt.proof) for j in judged) == Counter(
        (t.name, f"by exact {i}") for t in THEOREMS for i in range(4)
    )


def test_completions_are_read_as_a_prompt_format_reads_them(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.jsonl", {"name": "t0", "completion": "\n  rfl\n```\nDone."})
    plain, stp = (Completions(file, "m", BENCHMARK, prompt=p) for p in (None, get_prompt("stp")))
    assert [a.proof for a in plain.sample(THEOREMS[:1], 1, SamplingParams())] == [""]
    assert [a.proof.split() for a in stp.sample(THEOREMS[:1], 1, SamplingParams())] == [["by", "rfl"]]
    assert stp.info != plain.info  # another evaluation


@pytest.mark.parametrize(
    ("rows", "samples", "said"),
    [
        (
            [{"name": "t1"}],
            None,
            "rows.jsonl:1: no completion; the row has name; --column completion=NAME says which",
        ),
        ([["t1"]], None, "rows.jsonl:1: not a JSON object"),
        ([{"name": "t0", "answer": 3.5}], None, "rows.jsonl:1: column `answer` holds float, not text"),
        ([{"name": "t0", "answer": "2", "trace": "x"}], None, "rows.jsonl:1: no column `gone`; the row has"),
        ([{"name": "t0", "code": [[[[[[[[[["x"]]]]]]]]]]}], None, "column `code` holds list, not text"),
        ([{"name": "t0", "code": "\ud800"}], None, "column `code` holds half a character"),
        ([{"name": "t0", "completion": [None, None]}], None, "nothing to judge"),
        (
            [{"t0": ["x"]}],
            None,
            'rows.jsonl:1: no name of a problem; the row has t0; give rows {"name": …, "completion": …} in',
        ),
        ([{"name": "t9", "completion": "x"}], None, "the benchmark has no problem `t9`"),
        ([{"name": "t0", "completion": []}], None, "nothing to judge"),
        (
            [{"name": "t0", "completion": ["x", "y"]}, {"name": "t1", "completion": "x"}],
            2,
            "1 completion for `t1`, fewer than --samples 2; --samples 1 counts the first of each, and without it all",
        ),
    ],
)
def test_completions_that_cannot_be_counted_are_refused_by_name(
    tmp_path: Path, rows: list[object], samples: int | None, said: str
) -> None:
    columns = Columns(completion="gone") if "gone" in said else None
    with pytest.raises(DataError, match=re.escape(said)):
        Completions(write_rows(tmp_path / "rows.jsonl", *rows), "m", BENCHMARK, samples, columns=columns)


def test_a_header_of_mathlib_names_the_ways_out(tmp_path: Path) -> None:
    reason = "the header does not elaborate: error: unknown module prefix 'Mathlib'"
    none = BENCHMARK.replace(theorems=(), not_runnable=(NotRunnable(name="a", reason=reason),))
    with pytest.raises(DataError, match=r"'Mathlib'.*--benchmark minif2f.*--set engine.project_dir=FOLDER"):
        evaluate(
            CONFIG, Scripted(), Checker(), none, tmp_path / "r.json", Silent(), seed=7, max_new_tokens=32
        )


def test_a_bad_row_of_completions_is_left_out_and_told(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"name": "t0"\n{"name": "t0", "completion": 7}\n{"completion": "x"}\n')
    with pytest.raises(DataError, match=r"rows.jsonl:1: not JSON: .*; give rows"):
        Completions(file, "m", BENCHMARK)
    with file.open("a") as more:
        more.write('{"name": "t0", "completion": "by a"}\n')
    assert not holds_attempts(file)
    read = Completions(file, "m", BENCHMARK)
    assert read.counts == {"t0": 1}
    assert [line.removeprefix(f"{file}:")[:11] for line in read.unread] == [
        "1: not JSON",
        "2: column `",
        "3: no name ",
    ]


def test_completions_of_two_problems_of_one_name_go_to_the_first_and_the_other_says_so(
    tmp_path: Path,
) -> None:
    twice = BENCHMARK.replace(theorems=(THEOREMS[0], THEOREMS[0].replace(name="t0 (line 2)"), THEOREMS[1]))
    file = write_rows(tmp_path / "rows.jsonl", {"name": "t0", "completion": "by a"})
    assert [(p.name, p.reason) for p in Completions(file, "m", twice).benchmark.not_runnable] == [
        ("t0 (line 2)", "no completion in rows.jsonl: those of `t0` went to the first problem of this name"),
        ("t1", "no completion in rows.jsonl"),
    ]


CHAT = [{"role": "user", "content": "prove"}, {"role": "assistant", "content": "by a"}]


@pytest.mark.parametrize(
    ("row", "proofs"),
    [
        ({"problem_id": "t0", "completion": "by a"}, ["by a"]),
        ({"id": 7, "theorem": "t0", "full_proof": "by a"}, ["by a"]),
        ({"custom_id": "t0", "response": {"body": {"choices": [{"message": CHAT[1]}] * 2}}}, ["by a"] * 2),
        ({"name": "t0", "answer": "2", "output": "by a"}, ["by a"]),
        ({"name": "t0", "answer": "2", "output": None}, []),
        ({"name": "t0", "attempt": 0, "completion": "by a"}, ["by a"]),
        ({"name": "t0", "model_outputs": ["by a", "by b"]}, ["by a", "by b"]),
        ({"name": "t0", "code": "by a", "seed": 1}, ["by a"]),
        ({"name": "t0", "messages": CHAT}, ["by a"]),
        ({"name": "t0", "completion": [CHAT, CHAT[1:]]}, ["by a", "by a"]),
        ({"name": "t0", "completion": [{"role": "assistant", "content": [{"type": "text", "text": "by a"}]}]}, ["by a"]),
        ({"name": "t0", "outputs": [{"text": "by a"}, {"text": ""}]}, ["by a", ""]),
        ({"name": "t0", "completions": [None, "by a", float("nan")]}, ["by a"]),
        ({"name": "t0", "completion": "<think>hm</think>\n\nby a<|im_end|>"}, ["by a"]),
        ({"name": "t0", "trace": "by a", "completion": "by b", "problem": "t1"}, ["by b"]),
    ],
)  # fmt: skip
def test_completions_stand_where_public_files_have_them(
    tmp_path: Path, row: dict[str, object], proofs: list[str]
) -> None:
    other = {"name": "t1", "completion": "by rfl"}
    file = write_rows(tmp_path / "rows.jsonl", row, other)
    assert not holds_attempts(file)
    read = Completions(file, "m", BENCHMARK)
    assert read.counts == ({"t0": len(proofs)} if proofs else {}) | {"t1": 1}
    asked = THEOREMS[: len(proofs[:1])]
    assert [a.proof for a in read.sample(asked, 9, SamplingParams())] == proofs
    assert read.foreign == ()
    assert read.missing == (0 if "completions" not in row else 2) + (not proofs)


def test_a_column_of_completions_is_named(tmp_path: Path) -> None:
    row = {"name": "t0", "trace": "by a", "completion": "by b", "problem": "t1"}
    columns = Columns(name="problem", completion="trace")
    read = Completions(write_rows(tmp_path / "rows.jsonl", row), "m", BENCHMARK, columns=columns)
    assert read.counts == {"t1": 1}
    assert [a.proof for a in read.sample(THEOREMS[1:2], 1, SamplingParams())] == ["by a"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--replay", "x.jsonl", "--search", "value"], "leave one of them out"),
        (["--search", "value", "--samples", "3"], "--samples counts attempts without a search"),
        (["--budget", "checks=4"], "--budget is what a search may spend"),
        (
            ["--search", "nope"],
            "no search policy is called `nope`; there are: value; value, frozen experience;",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(options: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["eval", "nowhere", *options])
    assert result.exit_code != 0
    assert said in " ".join(result.output.split())


def test_flags_are_of_problems_asked_and_axioms_are_told(tmp_path: Path) -> None:
    flags = (Flag(name="t0", kind="false"), Flag(name="gone", kind="duplicate"))
    missing = NotRunnable(name="gone", reason="no completion in x.jsonl")
    benchmark = BENCHMARK.replace(flags=flags, not_runnable=(missing,))

    class Trusting(Checker):
        def verdict(self, check: Check) -> Verdict:
            named = ("propext", "Header.lie") if " t3 " in check.problem.statement else ("propext",)
            return super().verdict(check).replace(axioms=named)

    out = tmp_path / "r.json"
    result = evaluate(CONFIG, Scripted(), Trusting(), benchmark, out, Silent(), seed=7, max_new_tokens=32)
    assert [flag.name for flag in result.flags] == ["t0"]
    assert [t.axioms for t in result.theorems] == [(), (), (), ("Header.lie",), (), ()]
    told = table(result)
    assert "1 flag on problems asked" in told
    assert "1 problem not asked, in no figure above:\n     1  no completion in x.jsonl" in told
    assert "1 theorem with proofs that rest on axioms of their header, e.g. `t3` on Header.lie" in told
    assert "e.g. `t3` on Header.lie" in write_page(out).html.read_text(encoding="utf-8")


def test_saved_attempts_and_completions_are_told_apart(tmp_path: Path) -> None:
    run(tmp_path / "r.json", Scripted(), Checker())
    assert holds_attempts(tmp_path / "r.attempts.jsonl")
    assert not holds_attempts(write_rows(tmp_path / "rows.jsonl", {"name": "t0", "completion": "x"}))
    assert holds_attempts(write_rows(tmp_path / "none.jsonl"))
    with pytest.raises(DataError, match="No such file"):
        holds_attempts(tmp_path / "missing.jsonl")
    for text in ('{\n "t0": ["x"]\n}', "x", '["x"]', "[]"):
        (tmp_path / "other.json").write_text(text)
        with pytest.raises(DataError, match=r"other.json:1: .*; give rows .* Parquet"):
            holds_attempts(tmp_path / "other.json")


@pytest.mark.parametrize("name", ["r.json", "r.jsonl.gz", "r.json.gz", "r.parquet"])
def test_completions_and_attempts_are_read_from_any_table(tmp_path: Path, name: str) -> None:
    rows = [{"name": t.name, "completions": ["by rfl", "by simp"]} for t in THEOREMS]
    read = Completions(write_table(tmp_path / name, rows), "m", BENCHMARK)
    assert not holds_attempts(tmp_path / name)
    assert [a.proof for a in read.sample(THEOREMS[:1], 2, SamplingParams())] == ["by rfl", "by simp"]
    run(tmp_path / "e.json", Scripted(), Checker())
    saved = [json.loads(line) for line in (tmp_path / "e.attempts.jsonl").read_text().splitlines()]
    assert holds_attempts(write_table(tmp_path / name, saved))
    expected = rejudge(tmp_path / "e.attempts.jsonl", THEOREMS, Checker(), Silent())
    assert rejudge(tmp_path / name, THEOREMS, Checker(), Silent()) == expected


def write_table(file: Path, rows: list[dict[str, object]]) -> Path:
    """The rows as the file's name says."""
    if file.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), file)
        return file
    text = json.dumps(rows) if ".json" in file.suffixes else "".join(f"{json.dumps(row)}\n" for row in rows)
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())
    return file


def test_unequal_numbers_of_completions_all_count(tmp_path: Path) -> None:
    """Each theorem's pass@k is the unbiased one of its own attempts; the page goes no further than all theorems do."""
    rows = [
        {"name": t.name, "completions": ["by rfl", *["by x"] * number]} for number, t in enumerate(THEOREMS)
    ]
    read = Completions(write_rows(tmp_path / "rows.jsonl", *rows), "m", BENCHMARK)
    pool = ScriptedPool(lambda check: Outcome.PROVED if check.proof == "by rfl" else Outcome.REJECTED)
    config = CONFIG.model_copy(update={"samples": 6, "ks": (1,)})
    result = evaluate(
        config,
        read,
        pool,
        read.benchmark,
        tmp_path / "r.json",
        Silent(),
        seed=0,
        max_new_tokens=None,
        counts=read.counts,
    )
    assert [(t.n, t.correct) for t in result.theorems] == [(n, 1) for n in range(1, 7)]
    estimate = result.overall.at(1)
    assert estimate is not None
    assert estimate.value == pytest.approx(sum(1 / n for n in range(1, 7)) / 6)
    assert result.attempts_each == "1 to 6"
    assert [k for k, _ in pass_at_ks(result)] == [1]


def test_where_no_problem_can_be_posed_the_reasons_are_counted(tmp_path: Path) -> None:
    refused = [("a", "unknown module\nprefix"), ("b", "unknown module prefix"), ("c", "too long")]
    nothing = BENCHMARK.replace(
        theorems=(), not_runnable=tuple(NotRunnable(name=n, reason=r) for n, r in refused)
    )
    with pytest.raises(DataError, match="no runnable problem: 2 × unknown module prefix; 1 × too long"):
        evaluate(
            CONFIG, Scripted(), Checker(), nothing, tmp_path / "x.json", Silent(), seed=0, max_new_tokens=8
        )
