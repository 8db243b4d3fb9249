"""Recorded attempts through every plug-in and through `physprover verify --jsonl`: the verdicts must be the same.

    python integrations/conformance.py RUN --environments FOLDER [--attempts 1000] [--timed 300] [--only trl,verl]

Runs in PhysProver's own environment. RUN is a run directory (attempts.jsonl, eval/, data/); FOLDER holds an environment for each
plug-in, as `test.sh NAME FOLDER/NAME` makes them. All plug-ins ask one `physprover serve`, which remembers verdicts: Lean judges each
attempt once for `verify` and once for the server, whose answer every plug-in must carry unharmed. With --fresh it is judged for each
plug-in. Of twenty attempts one is replaced by a cheat, and of fifty one gets a header that does not elaborate, since a run's records
hold few of the first and none of the second.

A plug-in's answer is compared, as JSON text, with what its framework can keep of a verdict: `PROJECTIONS`. With --timed N, N further
attempts go through `verify`'s pool and the plug-in in turns of 100, and the ratio of their speeds is printed. Both judge them anew, and
the plug-in runs with its framework's own concurrency. Exit status 1 when an answer differs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from physprover.lean.pool import LocalPool
    from physprover.records import Verdict

    Door = Callable[[list["Row"]], list[Any]]

Row = dict[str, Any]  # name, statement, header, lemmas_proved, proof, answer, truth

CHEATS = ("by sorry", "by native_decide", "sorryAx _ true", "by\n  have h : False := sorry\n  exact h.elim")
BROKEN = "\ndef conformance_broken : Nat := true"
ENVIRONMENTS = 32  # SkyRL's default `max_env_workers`; as many sessions of OpenEnv
BURST = 100


# -- What a framework keeps of a verdict. --


def _word(verdict: Verdict) -> Any:
    return verdict.outcome.value


def _said(verdict: Verdict) -> Any:
    return [verdict.outcome.value, list(verdict.messages)]


def _explained(verdict: Verdict) -> Any:
    return ["\n".join((verdict.outcome, *verdict.messages)), list(verdict.axioms), verdict.check]


def _reward(verdict: Verdict) -> Any:
    return None if verdict.outcome == "infrastructure" else float(verdict.outcome == "proved")


def _reward_and_cheat(verdict: Verdict) -> Any:
    return [_reward(verdict), float(verdict.outcome == "cheated")]


def _or_raised(project: Callable[[Verdict], Any]) -> Callable[[Verdict], Any]:
    """For plug-ins that raise where there is no evidence."""

    def projected(verdict: Verdict) -> Any:
        judged = verdict.outcome != "infrastructure"
        return project(verdict) if judged else f"not judged: {'; '.join(verdict.messages)}"

    return projected


PROJECTIONS: dict[str, Callable[[Verdict], Any]] = {
    "verifiers": _or_raised(_said),
    "trl": _reward,
    "verl": _or_raised(_word),
    "openrlhf": _or_raised(_reward_and_cheat),
    "skyrl": _or_raised(_said),
    "openenv": _said,
    "inspect": _explained,
    "lm_eval": _reward,
}


# -- The doors, each in its framework's environment: given all rows that will come, the function that answers some of them. --


def _raised(error: BaseException) -> str:
    """What a plug-in raised for want of evidence; anything else is raised on."""
    text = str(error)
    if "not judged: " not in text:
        raise error
    return text[text.index("not judged: ") :]


def _verifiers(_: list[Row]) -> Door:
    import physprover_verifiers as plugin

    folder = Path(__file__).parent
    sys.path[:0] = [str(folder), str(folder / "verifiers")]
    from test_verifiers import trace_of

    async def one(row: Row) -> Any:
        data = {key: row[key] for key in ("name", "statement", "header", "lemmas_proved")}
        task = plugin.PhysProverTask(plugin.PhysProverData(prompt="…", **data))
        trace = trace_of(task, row["answer"])
        try:
            await task.score(trace)
        except plugin.vf.TaskError as error:
            return _raised(error)
        return [trace.info["verdict"]["outcome"], trace.info["verdict"]["messages"]]

    async def all_of(rows: list[Row]) -> list[Any]:
        return await asyncio.gather(*map(one, rows))

    return lambda rows: asyncio.run(all_of(rows))


def _trl(_: list[Row]) -> Door:
    from physprover_trl import lean_reward

    def answers(rows: list[Row]) -> list[Any]:
        columns = {key: [row[key] for row in rows] for key in ("statement", "header", "lemmas_proved")}
        return lean_reward(completions=[row["answer"] for row in rows], **columns)

    return answers


def _verl(_: list[Row]) -> Door:
    """The naive reward manager, a whole batch at once, as `RewardLoopWorker.compute_score_batch` runs it."""
    import numpy as np
    import torch
    from omegaconf import OmegaConf
    from verl import DataProto
    from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager
    from verl.trainer.ppo.reward import get_custom_reward_fn

    function = {"path": "pkg://physprover_verl", "name": "compute_score"}
    config = OmegaConf.create({"reward": {"custom_reward_function": function}})

    class Characters:
        def decode(self, ids: Any, skip_special_tokens: bool = True) -> str:
            return "".join(map(chr, ids.tolist()))

    def data(row: Row) -> Any:
        ids = torch.tensor([[ord(c) for c in row["answer"]]])
        extra = {
            "data_source": "physprover",
            "reward_model": {"ground_truth": row["truth"]},
            "extra_info": {},
        }
        return DataProto.from_dict(
            tensors={"responses": ids, "attention_mask": torch.ones_like(ids)},
            non_tensors={key: np.array([value], dtype=object) for key, value in extra.items()},
        )

    async def all_of(rows: list[Row]) -> list[Any]:
        manager = NaiveRewardManager(config, Characters(), get_custom_reward_fn(config))
        said = [manager.run_single(data(row)) for row in rows]
        results = await asyncio.gather(*said, return_exceptions=True)
        return [
            _raised(r) if isinstance(r, BaseException) else r["reward_extra_info"]["outcome"] for r in results
        ]

    return lambda rows: asyncio.run(all_of(rows))


def _openrlhf(_: list[Row]) -> Door:
    """As its single-turn executor asks, one call for each sample, all samples of a batch at once."""
    import physprover_openrlhf
    from openrlhf.utils.agent import SingleTurnAgentExecutor

    executor = SingleTurnAgentExecutor(physprover_openrlhf.__file__)

    async def one(row: Row) -> Any:
        try:
            [said] = await executor._fetch_rewards_via_func([row["answer"]], [""], [row["truth"]])
        except Exception as error:
            return _raised(error)
        return [float(said["rewards"][0]), float(said["extra_logs"]["cheated"][0])]

    async def all_of(rows: list[Row]) -> list[Any]:
        return await asyncio.gather(*map(one, rows))

    return lambda rows: asyncio.run(all_of(rows))


def _skyrl(_: list[Row]) -> Door:
    import physprover_skyrl  # noqa: F401
    import skyrl_gym

    def one(row: Row) -> Any:
        env = skyrl_gym.make("physprover", extras={"reward_spec": {"ground_truth": row["truth"]}})
        try:
            said = env.step(row["answer"])["metadata"]
        except Exception as error:
            return _raised(error)
        return [said["outcome"], said["messages"]]

    threads = ThreadPoolExecutor(ENVIRONMENTS)
    return lambda rows: list(threads.map(one, rows))


def _openenv(rows: list[Row]) -> Door:
    """Over OpenEnv's own server, by sessions of its own client."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    os.environ["PHYSPROVER_TASKS"] = file.name
    import physprover_openenv
    import uvicorn
    from openenv.core.generic_client import GenericEnvClient

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(physprover_openenv.app, port=port, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    place = {row["name"]: index for index, row in enumerate(rows)}

    async def session(waiting: list[Row], said: dict[str, Any]) -> None:
        async with GenericEnvClient(f"http://127.0.0.1:{port}", message_timeout_s=900.0) as env:
            while waiting:
                row = waiting.pop(0)
                await env.reset(index=place[row["name"]])
                seen = (await env.step({"text": row["answer"]})).observation
                said[row["name"]] = [seen["outcome"], seen["messages"]]

    async def all_of(rows: list[Row]) -> list[Any]:
        waiting, said = list(rows), dict[str, Any]()
        await asyncio.gather(*(session(waiting, said) for _ in range(ENVIRONMENTS)))
        return [said[row["name"]] for row in rows]

    return lambda rows: asyncio.run(all_of(rows))


def _inspect(_: list[Row]) -> Door:
    import physprover_inspect as plugin
    from inspect_ai import Task
    from inspect_ai import eval as inspect_eval
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput
    from inspect_ai.solver import solver

    def answers(rows: list[Row]) -> list[Any]:
        written = {row["name"]: row["answer"] for row in rows}

        @solver
        def recorded() -> Any:
            async def solve(state: Any, generate: Any) -> Any:
                state.output = ModelOutput.from_content("recorded", written[state.sample_id])
                return state

            return solve

        samples = [
            Sample(id=r["name"], input="…", target=r["statement"], metadata={"truth": r["truth"]})
            for r in rows
        ]
        task = Task(dataset=MemoryDataset(samples), solver=recorded(), scorer=plugin.lean())
        with tempfile.TemporaryDirectory() as folder:
            [log] = inspect_eval(task, model="mockllm/model", display="none", log_dir=folder)
            samples = log.samples  # read from the folder when first asked for
        assert samples, log.error
        scores = {sample.id: sample.scores["lean"] for sample in samples}
        kept = [scores[row["name"]] for row in rows]
        return [[s.explanation, s.metadata["axioms"], s.metadata["check"]] for s in kept]

    return answers


def _lm_eval(_: list[Row]) -> Door:
    """The task as it comes, but for one answer to each problem."""
    import lm_eval
    import physprover_lm_eval
    from lm_eval.api.model import LM
    from lm_eval.tasks import TaskManager

    class Recorded(LM):
        def __init__(self, written: dict[str, str]) -> None:
            super().__init__()
            self.written = written

        def generate_until(self, requests: list[Any]) -> list[str]:
            return [self.written[request.doc["name"]] for request in requests]

        def loglikelihood(self, requests: list[Any]) -> list[Any]:
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

    own = Path(tempfile.mkdtemp())
    shipped = Path(physprover_lm_eval.__file__).with_name("physprover.yaml")
    (own / "once.yaml").write_text(f"include: {shipped}\ntask: physprover_once\nrepeats: 1\n")

    def answers(rows: list[Row]) -> list[Any]:
        problems = own / "problems.jsonl"
        problems.write_text("".join(json.dumps(row) + "\n" for row in rows))
        manager = TaskManager(include_path=str(own), include_defaults=False, metadata={"path": str(problems)})
        written = {row["name"]: row["answer"] for row in rows}
        out = lm_eval.simple_evaluate(
            Recorded(written), tasks=["physprover_once"], task_manager=manager, bootstrap_iters=0
        )
        assert out
        said = {
            sample["doc"]["name"]: sample["filtered_resps"] for sample in out["samples"]["physprover_once"]
        }
        rewards = [said[row["name"]][0] for row in rows]
        rewards = [reward[0] if isinstance(reward, list) else reward for reward in rewards]
        return [None if math.isnan(reward) else reward for reward in rewards]

    return answers


def serve_door(name: str) -> None:
    """Answer lists of rows on standard input, one a line, with their answers and the seconds they took. The first is of all rows."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what frameworks print goes elsewhere
    door = globals()[f"_{name}"](json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        rows = json.loads(line)
        began = time.perf_counter()
        said = door(rows)
        print(json.dumps([said, time.perf_counter() - began]), file=out, flush=True)


# -- The comparison, in PhysProver's environment. --


def sample(run: Path, count: int) -> list[Row]:
    """`count` different attempts of a run in random order (seed 0), some replaced as the top of this file says."""
    from physprover.dataset import SPLITS, load_split
    from physprover.records import JudgedAttempt, read_jsonl

    theorems = {t.name: t for split in SPLITS for t in load_split(run / "data", split)}
    files = [run / "attempts.jsonl", *sorted((run / "eval").glob("*.attempts.jsonl"))]
    judged = (j for file in files if file.exists() for j in read_jsonl(file, JudgedAttempt))
    found = {(j.attempt.theorem, j.attempt.proof) for j in judged if j.attempt.theorem in theorems}
    if len(found) < count:
        raise SystemExit(f"{run} holds {len(found)} different attempts; {count} were asked for")
    rows = []
    for number, (name, proof) in enumerate(random.Random(0).sample(sorted(found), count)):
        theorem = theorems[name]
        header = theorem.header + (BROKEN if number % 50 == 49 else "")
        if number % 20 == 19:
            proof = CHEATS[number // 20 % len(CHEATS)]
        fields = {
            "statement": theorem.statement,
            "header": header,
            "lemmas_proved": theorem.lemmas_proved,
        }
        answer = f"```lean4\n{theorem.statement} := {proof}\n```\n"
        rows.append(
            {"name": f"a{number}", **fields, "proof": proof, "answer": answer, "truth": json.dumps(fields)}
        )
    return rows


class Verify:
    """`verify --jsonl` without its printing: its rows, its pool of Lean workers."""

    def __init__(self, pool: LocalPool, seconds: float) -> None:
        self.pool, self.seconds = pool, seconds

    def __call__(self, rows: Sequence[Row]) -> tuple[list[Verdict], float]:
        """Verdicts in order, and the seconds they took."""
        from physprover.app.commands.verify import judge_rows, read_rows

        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
            file.flush()
            began = time.perf_counter()
            said = [verdict for _, verdict in judge_rows(read_rows(file.name), self.pool, self.seconds)]
        return said, time.perf_counter() - began


@contextmanager
def server(workers: int, seconds: float, fresh: bool) -> Iterator[dict[str, str]]:
    """A judge, and the environment of those who ask it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PHYSPROVER_URL": f"http://127.0.0.1:{port}",
        "PHYSPROVER_TOKEN": secrets.token_urlsafe(16),
        "PHYSPROVER_SECONDS": str(seconds),
    }
    command = [sys.executable, "-m", "physprover", "serve", "--port", str(port), "--until-eof"]
    command += ["--workers", str(workers), *(["--fresh"] if fresh else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as child:
        while child.poll() is None:
            try:
                urlopen(f"{environment['PHYSPROVER_URL']}/health").close()
                break
            except OSError:
                time.sleep(0.5)
        yield environment


class PlugInLost(Exception):
    """A plug-in's process ended; it has said why."""


class PlugIn:
    """A plug-in in its own environment, asked over pipes."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str], rows: Sequence[Row]) -> None:
        command = [str(folder / name / "bin" / "python"), "-P", __file__, "--door", name]
        clean = {key: value for key, value in environment.items() if key != "PYTHONPATH"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean
        )
        self._send(rows)

    def _send(self, rows: Sequence[Row]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(rows) + "\n")
        self._process.stdin.flush()

    def __call__(self, rows: Sequence[Row]) -> tuple[list[Any], float]:
        """Answers in order, and the seconds they took."""
        self._send(rows)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise PlugInLost(f"ended with status {self._process.wait()}")
        said, took = json.loads(line)
        return said, took

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def compare(name: str, plug_in: PlugIn, rows: Sequence[Row], expected: Sequence[Verdict]) -> int:
    """How many attempts a plug-in answers otherwise than `verify`; the first of them are printed."""
    try:
        said, _ = plug_in(rows)
    except PlugInLost as lost:
        print(f"{name}: {lost}", flush=True)
        return len(rows)
    finally:
        plug_in.close()
    wanted = [json.dumps(PROJECTIONS[name](verdict)) for verdict in expected]
    given = [json.dumps(answer) for answer in said]
    wrong = [trio for trio in zip(rows, given, wanted, strict=True) if trio[1] != trio[2]]
    print(f"{name}: {len(rows) - len(wrong)} of {len(rows)} the same", flush=True)
    for row, answer, other in wrong[:5]:
        print(
            f"  {row['name']}: {answer}\n    verify: {other}\n    {row['statement']} := {row['proof']}",
            flush=True,
        )
    return len(wrong)


def time_both(name: str, plug_in: PlugIn, verify: Verify, rows: Sequence[Row]) -> None:
    """Print the speed of a plug-in against `verify`'s; each begins every other burst."""
    theirs = ours = 0.0
    plug_in(rows[:2])  # what a framework does only once
    for number, start in enumerate(range(0, len(rows), BURST)):
        burst = rows[start : start + BURST]
        for mine in (number % 2 == 0, number % 2 == 1):
            if mine:
                ours += verify(burst)[1]
            else:
                theirs += plug_in(burst)[1]
    plug_in.close()
    speeds = f"{len(rows) / theirs:.1f} a second against {len(rows) / ours:.1f}"
    print(f"{name}: {speeds}: {ours / theirs:.2f} x", flush=True)


def main() -> int:
    """Compare every plug-in with `verify`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--attempts", type=int, default=1000)
    parser.add_argument("--timed", type=int, default=0)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--only", default=",".join(PROJECTIONS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()

    from collections import Counter

    from physprover.app.commands.common import engine_config
    from physprover.lean.pool import LocalPool

    rows = sample(given.run, given.attempts + given.timed)
    judged, timed = rows[: given.attempts], rows[given.attempts :]
    names = given.only.split(",")
    config = engine_config("embedded", None, given.workers, given.seconds)
    wrong = 0
    with LocalPool(config) as pool:
        verify = Verify(pool, given.seconds)
        if judged:
            expected, took = verify(judged)
            print(f"verify: {dict(Counter(v.outcome.value for v in expected))} in {took:.0f} s", flush=True)
            with server(given.workers, given.seconds, given.fresh) as environment:
                for name in names:
                    wrong += compare(
                        name, PlugIn(name, given.environments, environment, rows), judged, expected
                    )
        if timed:
            with server(given.workers, given.seconds, fresh=True) as environment:
                for name in names:
                    time_both(name, PlugIn(name, given.environments, environment, rows), verify, timed)
    return int(wrong > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--door"]:
        serve_door(sys.argv[2])
    else:
        sys.exit(main())
