"""Pushing to a stand-in for the hub's API: huggingface_hub's own client speaks to it over HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from huggingface_hub import DatasetCard, ModelCard, constants
from safetensors.numpy import save_file
from typer.testing import CliRunner

from eval.passk import Estimate
from eval.results import EvalResult, EvalSettings, Group, PassAtK
from physprover.app.commands import app
from physprover.dataset import write_dataset
from physprover.records import Theorem

TOKEN = "hf_a_secret_of_mine"
CARD = "---\nlicense: apache-2.0\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train.parquet\n---\n# Set\n"


@dataclass
class Hub:
    """What the stand-in was sent: repositories (private or not), and the files of each commit."""

    url: str = ""
    private: dict[str, bool] = field(default_factory=dict)
    commits: list[dict[str, bytes]] = field(default_factory=list)
    large: dict[str, bytes] = field(default_factory=dict)  # sha256 -> content
    refuse: int = 0  # status for everything
    commit_status: int = 200


def _answer(hub: Hub, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """The routes of the hub that an upload uses, without Xet."""
    if path == "/api/repos/create":
        asked = json.loads(body)
        name = f"{asked.get('type', 'model')}s/{asked['organization']}/{asked['name']}"
        known = name in hub.private
        hub.private.setdefault(name, asked.get("private", asked.get("visibility") == "private"))
        return 409 if known else 200, {"url": f"{hub.url}/{name}", "name": name}
    if path == "/api/validate-yaml":
        return 200, {"errors": [], "warnings": []}
    if "/preupload/" in path:
        files = json.loads(body)["files"]
        big = (".safetensors", ".parquet")
        return 200, {
            "files": [
                {
                    "path": f["path"],
                    "uploadMode": "lfs" if f["path"].endswith(big) else "regular",
                    "shouldIgnore": False,
                }
                for f in files
            ]
        }
    if path.endswith("/info/lfs/objects/batch"):
        objects = json.loads(body)["objects"]
        actions = [{**o, "actions": {"upload": {"href": f"{hub.url}/put/{o['oid']}"}}} for o in objects]
        return 200, {"transfer": "basic", "objects": actions}
    if path.startswith("/put/"):
        assert hashlib.sha256(body).hexdigest() == path.removeprefix("/put/")
        hub.large[path.removeprefix("/put/")] = body
        return 200, {}
    assert "/commit/" in path, path
    if hub.commit_status != 200:
        return hub.commit_status, {"error": "the commit is refused"}
    sent = {}
    for item in map(json.loads, body.splitlines()):
        if item["key"] == "file":
            sent[item["value"]["path"]] = base64.b64decode(item["value"]["content"])
        elif item["key"] == "lfsFile":
            sent[item["value"]["path"]] = hub.large[item["value"]["oid"]]
    hub.commits.append(sent)
    repo = path.removeprefix("/api/").removeprefix("models/").partition("/commit/")[0]
    return 200, {"commitUrl": f"{hub.url}/{repo}/commit/{'1' * 40}", "commitOid": "1" * 40}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    state = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != f"Bearer {TOKEN}" and not self.path.startswith("/put/"):
                status, answer = 401, {"error": "Invalid username or password."}
            elif state.refuse:
                status, answer = state.refuse, {"error": "no"}
            else:
                status, answer = _answer(state, self.path.partition("?")[0], body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_PUT = do_POST

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", state.url)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # the stand-in has no Xet storage
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.chdir(tmp_path)
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    write_dataset(folder, [Theorem(name="a", statement="theorem a : True", split="train")], CARD)
    (folder / "verdicts.jsonl").write_text("{}\n")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    weights = folder / "checkpoints" / "step-3"
    weights.mkdir(parents=True)
    (folder / "eval").mkdir()
    (folder / "config.toml").write_text('name = "run"\n')
    save_file(
        {"w": np.zeros((3, 4), np.float32), "b": np.zeros(4, np.float32)}, weights / "model.safetensors"
    )
    (weights / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    for name in ("tokenizer.json", "training.pt", "pending.jsonl", "complete"):
        (weights / name).write_text("x")
    (weights / "state.json").write_text("{}")
    (folder / "attempts.jsonl").write_text("{}\n")
    for label, model, version, value in (
        ("test-before", "run/warmstart", 0, 0.25),
        ("test-after", "checkpoints/step-3", 3, 0.5),
    ):
        estimate = Estimate(value=value, low=value - 0.125, high=value + 0.125, theorems=8)
        group = Group(name="all", theorems=8, solved=4, pass_at=(PassAtK(k=1, estimate=estimate),))
        EvalResult(
            label=label,
            benchmark="test",
            sampler="hf",
            model=model,
            weights_version=version,
            settings=EvalSettings(
                samples=4, ks=(1,), temperature=0.6, top_p=1.0, max_new_tokens=96, seed=0, check_seconds=4.0
            ),
            overall=group,
            by_domain=(),
            by_level=(),
            outcomes={},
            theorems=(),
            versions={"engine": "embedded Lean"},
        ).write(folder / "eval" / f"{label}.json")
    (folder / "eval" / "portfolio-test.json").write_text("{}")
    return folder


def call(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(map(str, arguments)))
    return done.exit_code, done.output


def test_a_data_set_goes_up_in_one_commit(hub: Hub, dataset: Path, tmp_path: Path) -> None:
    code, said = call("data", "push", dataset, "me/set")
    assert code == 0, said
    assert said.strip().endswith(f"{hub.url}/datasets/me/set/commit/{'1' * 40}")
    assert hub.private == {"datasets/me/set": True}
    [files] = hub.commits
    assert "verdicts.jsonl" not in files
    assert files["data/train.parquet"] == (dataset / "data/train.parquet").read_bytes()
    assert DatasetCard(files["README.md"].decode()).data.license == "apache-2.0"
    code, said = call("data", "push", dataset, "me/set", "--public")  # once more: the repository is there
    assert (code, len(hub.commits)) == (0, 2), said
    assert not [f for f in tmp_path.rglob("*") if f.is_file() and TOKEN.encode() in f.read_bytes()]


def test_a_dry_run_lists_the_files_and_sends_nothing(hub: Hub, dataset: Path, run: Path) -> None:
    code, said = call("data", "push", dataset, "me/set", "--dry-run")
    assert code == 0
    names = {line.split()[0] for line in said.splitlines()[:-1]}
    assert names == {"README.md", "data/train.parquet", "data/validation.parquet", "data/test.parquet"}
    code, said = call("models", "push", run, "me/tiny", "--dry-run")
    assert code == 0
    assert {line.split()[0] for line in said.splitlines()[:-1]} == {
        "README.md",
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    }
    assert (hub.private, hub.commits) == ({}, [])


def test_a_prover_has_a_card_with_its_figures(hub: Hub, run: Path) -> None:
    code, said = call("models", "push", run, "me/tiny", "--dataset", "me/set", "--public")
    assert code == 0, said
    assert hub.private == {"models/me/tiny": False}
    [files] = hub.commits
    assert set(files) == {"README.md", "config.json", "model.safetensors", "tokenizer.json"}
    card = ModelCard(files["README.md"].decode())
    assert (card.data.license, card.data.library_name, card.data.datasets) == (
        "apache-2.0",
        "transformers",
        "me/set",
    )
    assert "| **these** | test | 8 | 4 | 0.6 | 50.0 % [37.5, 62.5] |" in card.text
    assert "| before RL | test | 8 | 4 | 0.6 | 25.0 % [12.5, 37.5] |" in card.text
    assert "| parameters | 16 |" in card.text
    assert "3 steps of reinforcement learning" in card.text
    assert str(run.parent) not in card.content


@pytest.mark.parametrize(
    ("base", "published"), [("/home/me/models/base", None), ("me/base", "me/base"), ("./base", None)]
)
def test_no_file_says_where_a_model_is_on_this_machine(
    hub: Hub, tmp_path: Path, base: str, published: str | None
) -> None:
    folder = tmp_path / "adapter"
    folder.mkdir()
    save_file({"a": np.zeros(4, np.float32)}, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"r": 8, "base_model_name_or_path": base}))
    (folder / "config.json").write_text(json.dumps({"hidden_size": 8, "_name_or_path": base}))
    code, said = call("models", "push", folder, "me/adapter")
    assert code == 0, said
    [files] = hub.commits
    assert json.loads(files["adapter_config.json"]) == {"r": 8, "base_model_name_or_path": published}
    assert json.loads(files["config.json"]) == {"hidden_size": 8, "_name_or_path": published}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("data", "push", "nowhere", "me/set"), "not a data set"),
        (("data", "push", "set", "set"), "names no owner"),
        (("data", "push", "set", "me/a b"), "Repo id must use"),
        (("models", "push", "nowhere", "me/tiny"), "nowhere"),
    ],
)
def test_what_cannot_be_pushed_is_said_before_anything_is_sent(
    hub: Hub, dataset: Path, arguments: tuple[str, ...], problem: str
) -> None:
    code, said = call(*arguments)
    assert code == 2
    assert problem in said
    assert (hub.private, hub.commits) == ({}, [])


def test_what_the_hub_refuses_is_one_line(hub: Hub, dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.commit_status = 400
    code, said = call("data", "push", dataset, "me/set")
    assert (code, "answers 400: the commit is refused" in said, hub.commits) == (2, True, [])
    hub.refuse = 403
    assert "no right to write" in call("data", "push", dataset, "me/set")[1]
    monkeypatch.setenv("HF_TOKEN", "wrong")
    code, said = call("data", "push", dataset, "me/set")
    assert (code, "wants a token" in said, "wrong" in said) == (2, True, False)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    code, said = call("data", "push", dataset, "me/set")
    assert (code, "cannot be reached" in said, len(said.strip().splitlines())) == (2, True, 1)
