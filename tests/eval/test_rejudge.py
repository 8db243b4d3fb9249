"""Attempts and completions of others: read from any table, judged again, counted."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from eval.evaluate import evaluate
from eval.rejudge import Completions, holds_attempts, rejudge
from eval.report.figures import pass_at_ks
from eval.results import EvalResult
from physprover.errors import DataError
from physprover.lean.protocol import Pool
from physprover.models.sampler import SamplingParams
from physprover.progress import Silent
from physprover.prompts import get_prompt
from physprover.records import JudgedAttempt, Outcome, read_jsonl
from physprover.tables import Columns
from tests.eval.scripted import BENCHMARK, CONFIG, THEOREMS, Checker, Scripted, run, write_rows, write_table
from tests.scripted import ScriptedPool


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


def test_completions_go_on_after_a_kill_where_they_ended(tmp_path: Path) -> None:
    rows = [{"name": t.name, "completions": [f"by exact {i}" for i in range(5)]} for t in THEOREMS]
    read = Completions(write_rows(tmp_path / "rows.jsonl", *rows), "mine", BENCHMARK, samples=4)
    assert (read.counts, read.unused.foreign) == (dict.fromkeys((t.name for t in THEOREMS), 4), ())

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
    assert [line.removeprefix(f"{file}:")[:11] for line in read.unused.unread] == [
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
    assert read.unused.foreign == ()
    assert read.unused.missing == (0 if "completions" not in row else 2) + (not proofs)


def test_completions_of_several_models_are_never_counted_together(tmp_path: Path) -> None:
    rows = [{"name": "t0", "model": m, "code": f"by {m}"} for m in ("a", "a", "b")]
    file = write_rows(tmp_path / "rows.jsonl", *rows, {"name": "t1", "model": "b", "code": None})
    with pytest.raises(
        DataError, match="completions of 2 models, a, b; give the name of one as RUN_OR_MODEL"
    ):
        Completions(file, "m", BENCHMARK)
    read = Completions(file, "a", BENCHMARK)
    assert read.counts == {"t0": 2}
    assert [a.proof for a in read.sample(THEOREMS[:1], 2, SamplingParams())] == ["by a", "by a"]
    assert read.unused.missing == 0
    one = write_rows(tmp_path / "one.jsonl", *rows[:2], {"name": "t0", "code": "by c"})
    assert Completions(one, "m", BENCHMARK).counts == {"t0": 3}  # `m` is what to call it


def test_a_column_of_completions_is_named(tmp_path: Path) -> None:
    row = {"name": "t0", "trace": "by a", "completion": "by b", "problem": "t1"}
    columns = Columns(name="problem", completion="trace")
    read = Completions(write_rows(tmp_path / "rows.jsonl", row), "m", BENCHMARK, columns=columns)
    assert read.counts == {"t1": 1}
    assert [a.proof for a in read.sample(THEOREMS[1:2], 1, SamplingParams())] == ["by a"]


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
