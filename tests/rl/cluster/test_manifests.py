"""The cluster files, each checked by its own tool or schema, and the command in each against the real command line."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import yaml

from physprover.app.commands import app
from physprover.config_file import load_config, with_preset
from rl.validation import refuse_impossible

HERE = Path(__file__).parent
CLUSTER = HERE.parents[2] / "configs" / "cluster"
SCHEMA = json.loads((HERE / "rayjob.schema.json").read_text(encoding="utf-8"))


def read(name: str) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load((CLUSTER / name).read_text(encoding="utf-8"))
    return tree


def check_ray(config: dict[str, Any]) -> None:
    from ray.autoscaler._private.util import prepare_config, validate_config

    validate_config(prepare_config(config))


def test_ray_takes_the_cluster_file() -> None:
    check_ray(read("ray-cluster.yaml"))
    with pytest.raises(jsonschema.ValidationError, match="worker_start_commands"):
        check_ray({**read("ray-cluster.yaml"), "worker_start_commands": []})


def test_the_ray_job_keeps_to_the_operators_schema() -> None:
    job = read("kuberay-job.yaml")
    jsonschema.validate(job, SCHEMA)
    groups = job["spec"]["rayClusterSpec"]["workerGroupSpecs"]
    assert all(g["minReplicas"] <= g["replicas"] <= g["maxReplicas"] for g in groups)
    for pod in (job["spec"]["rayClusterSpec"]["headGroupSpec"], *groups):
        spec = pod["template"]["spec"]
        volumes = {volume["name"] for volume in spec["volumes"]}
        assert {m["name"] for c in spec["containers"] for m in c["volumeMounts"]} <= volumes
    misspelt = {**job, "spec": {**job["spec"], "shutdownAfterJobFinish": True}}
    with pytest.raises(jsonschema.ValidationError, match="shutdownAfterJobFinish"):
        jsonschema.validate(misspelt, SCHEMA)


def directives(text: str) -> dict[str, str]:
    found = re.findall(r"^#SBATCH --([a-z-]+)(?:=(\S+))?$", text, re.MULTILINE)
    return dict(found)


def test_the_slurm_script_is_bash_with_known_directives() -> None:
    script = CLUSTER / "slurm.sh"
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text(encoding="utf-8")
    given = directives(text)
    assert text.count("#SBATCH") == len(given), "a directive is malformed or given twice"
    kinds = {
        "job-name": r"\w+",
        "nodes": r"\d+",
        "ntasks-per-node": r"\d+",
        "gpus-per-node": r"\d+",
        "cpus-per-task": r"\d+",
        "mem": r"\d+",
        "exclusive": r"",
        "time": r"\d+:\d\d:\d\d",
        "signal": r"B:TERM@\d+",
        "requeue": r"",
        "open-mode": r"append|truncate",
        "output": r"[\w%.-]+",
    }
    assert all(re.fullmatch(kinds[name], value) for name, value in given.items())
    # sbatch ignores a directive that follows the first command
    commands = [i for i, line in enumerate(text.splitlines()) if line and not line.startswith("#")]
    assert max(i for i, line in enumerate(text.splitlines()) if line.startswith("#SBATCH")) < commands[0]


def fake(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(f"#!/usr/bin/env bash\n{body}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_the_slurm_script_starts_everything_and_returns_the_drivers_status(tmp_path: Path) -> None:
    """With Slurm's commands replaced by ones that only write down what they were told."""
    tools = tmp_path / "bin"
    tools.mkdir()
    fake(tools, "scontrol", "printf 'n1\\nn2\\nn3\\n'")
    fake(tools, "hostname", "echo 10.0.0.1 10.0.0.2")
    fake(tools, "sleep", "")
    fake(
        tools,
        "srun",
        f'echo "$*" >> {tmp_path}/calls; case "$*" in *hostname*) hostname;; *physprover\\ run*) exit 7;; esac',
    )
    done = subprocess.run(
        [str(CLUSTER / "slurm.sh"), "configs/mine.toml", "--set", "seed=1"],
        env={
            "PATH": f"{tools}:/usr/bin:/bin",
            "SLURM_SUBMIT_DIR": str(tmp_path),
            "SLURM_JOB_NODELIST": "n[1-3]",
            "SLURM_JOB_NUM_NODES": "3",
            "SLURM_JOB_ID": "1",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    calls = (tmp_path / "calls").read_text(encoding="utf-8")
    assert "ray start --head --node-ip-address=10.0.0.1 --port=6379" in calls
    assert "--nodes=2 --ntasks=2 --exclude=n1" in calls
    assert "run configs/mine.toml --address 10.0.0.1:6379 --set cluster.nodes=3 --set seed=1" in calls


@pytest.mark.parametrize("name", ["ray-cluster.yaml", "kuberay-job.yaml", "slurm.sh"])
def test_the_command_in_each_file_is_one_the_command_line_knows(name: str) -> None:
    text = (CLUSTER / name).read_text(encoding="utf-8").replace("\\\n#", " ").replace("\\\n", " ")
    found = re.search(r'physprover"? (run .*--address [^\n\']*)', text)
    assert found is not None
    verb, *arguments = shlex.split(found[1].rstrip(" &"))
    group = typer.main.get_command(app)
    command = group.get_command(typer.Context(group), verb)  # type: ignore[attr-defined]
    context = command.make_context(verb, [a for a in arguments if a != "$@"])
    assert context.params["address"]


@pytest.mark.parametrize("name", ["ray-cluster.yaml", "kuberay-job.yaml", "slurm.sh"])
def test_the_settings_in_each_file_make_a_run_that_is_not_refused(name: str) -> None:
    text = (CLUSTER / name).read_text(encoding="utf-8")
    changes = re.findall(r"--set (cluster\.\w+=\d+|sampler\.\w+=\d+|rl\.\w+=\d+)", text)
    assert "cluster.gpus=16" in changes
    config = load_config(CLUSTER.parent / "physprover-7b.toml", tuple(changes))
    refuse_impossible(with_preset(config))


def test_the_config_of_one_node_is_not_refused() -> None:
    refuse_impossible(with_preset(load_config(CLUSTER.parent / "physprover-7b.toml")))
