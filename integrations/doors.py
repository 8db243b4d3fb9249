"""The plug-ins as conformance.py asks them: each through its framework's own machinery, in that framework's environment.

    FOLDER/NAME/bin/python -P integrations/doors.py NAME

A door is made from all rows that will come, and answers some of them at a time. Rows come on standard input, a list on a line.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import socket
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Door = Callable[[list["Row"]], list[Any]]

Row = dict[str, Any]  # name, statement, header, lemmas_proved, proof, answer, truth

ENVIRONMENTS = 32  # SkyRL's default `max_env_workers`; as many sessions of OpenEnv


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
            # Samples are read from the folder when they are first looked at.
            scores = {sample.id: sample.scores["lean"] for sample in log.samples or []}
        assert scores, log.error
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


if __name__ == "__main__":
    serve_door(sys.argv[1])
