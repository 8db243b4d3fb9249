"""`physprover data push` and `physprover models push`: a data set or a prover as a repository of the Hugging Face hub.

One commit with a fixed list of files: parquet, safetensors, tokenizer, figures and the card. Journals, optimizer states and
pickles stay here. The token is huggingface_hub's own business ($HF_TOKEN, `hf auth login`): it is neither read nor written
here. $HF_ENDPOINT names another hub.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from eval.compare import markdown_table
from eval.results import EvalResult, read_result
from physprover import __version__
from physprover.app.provers import find_model
from physprover.config import RunConfig
from physprover.errors import DataError, HubError, ModelError
from physprover.models.fetch import KNOWN

_DATASET_FILES = (
    "README.md", "data/*.parquet", "*.parquet", "*.svg", "stats.json", "leaks.json",
    "contamination.json",
)  # fmt: skip
_MODEL_FILES = (
    "config.json", "generation_config.json", "*.safetensors", "*.safetensors.index.json",
    "adapter_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model",
    "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja",
    "LICENSE",
)  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """What a push sends: a path in the repository, and a file here or the bytes themselves."""

    repo: str
    kind: str  # "dataset" or "model"
    files: dict[str, Path | bytes]

    def __str__(self) -> str:
        sizes = {name: _size(source) for name, source in self.files.items()}
        wide = max(map(len, sizes))
        lines = [f"{name:<{wide}}  {size:>13,} B" for name, size in sorted(sizes.items())]
        return "\n".join(
            [*lines, f"{len(sizes)} files, {sum(sizes.values()):,} B, to the {self.kind} {self.repo}"]
        )


def plan_dataset(folder: Path, repo: str) -> Upload:
    """The upload of a built data set. Raises `DataError` for a folder that is none, `HubError` for a bad repository id."""
    _check_repo(repo)
    files = _files(folder, _DATASET_FILES)
    if "README.md" not in files or not any(name.startswith("data/") for name in files):
        raise DataError(
            f"{folder}: not a data set (README.md and data/*.parquet); `physprover data build` makes one"
        )
    return Upload(repo, "dataset", files)


def plan_model(name: str, repo: str, dataset: str | None, licence: str | None) -> Upload:
    """The upload of a run's newest weights, or of a model folder, with a card of its evaluations.

    Raises `ModelError` or `RunError` for what holds no safetensors, `HubError` for a bad repository id.
    """
    _check_repo(repo)
    if dataset:
        _check_repo(dataset)
    weights, config, run = find_model(name)
    folder = Path(weights)
    if not folder.is_dir():
        raise ModelError(f"{name}: there is no such folder")
    files = _files(folder, _MODEL_FILES)
    if not any(file.endswith(".safetensors") for file in files):
        raise ModelError(f"{folder}: no weights in safetensors format in it")
    for file, key in (("adapter_config.json", "base_model_name_or_path"), ("config.json", "_name_or_path")):
        if file in files:
            files[file] = _without_path(folder / file, key)
    card = model_card(repo, folder, config, run.path if run else None, dataset, licence)
    return Upload(repo, "model", {**files, "README.md": card.encode()})


def _without_path(file: Path, key: str) -> Path | bytes:
    """A settings file without the place that a model has on this machine; a model of the hub keeps its name."""
    settings = json.loads(file.read_text(encoding="utf-8"))
    if not settings.get(key) or _on_hub(settings[key]):
        return file
    return json.dumps({**settings, key: None}, indent=2).encode()


def _on_hub(model: str | None) -> bool:
    return bool(model and model.count("/") == 1 and not model.startswith((".", "/", "~")))


def push(upload: Upload, public: bool) -> str:
    """Upload in one commit and return its address. A repository that is not there is made, private unless `public`.

    Raises `HubError`, one line, for everything the hub or the network can answer.
    """
    from huggingface_hub import CommitOperationAdd, HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi(os.environ.get("HF_ENDPOINT"), library_name="physprover", library_version=__version__)
    operations = [CommitOperationAdd(path, source) for path, source in sorted(upload.files.items())]
    try:
        api.create_repo(upload.repo, repo_type=upload.kind, private=not public, exist_ok=True)
        done = api.create_commit(
            upload.repo, operations, commit_message=f"physprover {__version__}", repo_type=upload.kind
        )
    except HfHubHTTPError as error:
        raise HubError(_refusal(api.endpoint, error)) from None
    except (OSError, RuntimeError, ValueError) as error:
        # Unreachable, offline mode, or an upload that broke off.
        cause = error.__cause__ or error
        raise HubError(f"{api.endpoint}: {' '.join(str(cause).split()) or type(cause).__name__}") from None
    except Exception as error:
        # huggingface_hub passes on what its HTTP client raises: that of httpx, since 2.4 of httpx2.
        if not any(base.__name__ == "RequestError" for base in type(error).__mro__):
            raise
        raise HubError(f"{api.endpoint} cannot be reached: {error or type(error).__name__}") from None
    return str(done.commit_url)


def _refusal(endpoint: str, error: Any) -> str:
    status = error.response.status_code
    if status == 401:
        return f"{endpoint} wants a token with the right to write: set $HF_TOKEN, or run `hf auth login`"
    if status == 403:
        return f"{endpoint} answers 403: the token has no right to write there"
    said = error.server_message or error.response.reason_phrase
    return f"{endpoint} answers {status}: {' '.join(str(said).split())}"


def _check_repo(repo: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise HubError(" ".join(str(error).split())) from None
    if repo.count("/") != 1:
        raise HubError(f"`{repo}` names no owner: a repository of the hub is OWNER/NAME")


def _files(folder: Path, patterns: Sequence[str]) -> dict[str, Path | bytes]:
    found = {file for pattern in patterns for file in folder.glob(pattern) if file.is_file()}
    return {file.relative_to(folder).as_posix(): file for file in sorted(found)}


def _size(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


# -- README.md of a prover: the hub's YAML front matter, what the weights are, and every evaluation of them with its interval. --

_TEXT = """\
# {name}

A prover of physics theorems in [Lean 4](https://lean-lang.org), {made}. It writes proofs; whether one is right, Lean decides.

| | |
|---|---|
{facts}

## Evaluations

{figures}

## Use

    pip install physprover
    physprover eval test DATASET --model {folder} --set model.prompt={prompt}

where `{folder}` is a clone of this repository. The weights load with `transformers.AutoModelForCausalLM`, but prompts must have the format
`{prompt}` of [PhysProver](https://pypi.org/project/physprover/).

## Limits

A proof is worth what Lean says of it: judge every answer. Prompts of more than {prompt_tokens} tokens and answers of more than
{answer_tokens} were neither trained nor evaluated.
"""


def model_card(
    repo: str, weights: Path, config: RunConfig, run: Path | None, dataset: str | None, licence: str | None
) -> str:
    """The card of the weights in `weights`, which come from the run directory `run`, if any.

    Args:
        repo: Where it is published, OWNER/NAME.
        weights: Folder with config.json and safetensors.
        config: The run's settings.
        run: Run directory, whose evaluations of these very weights are listed.
        dataset: Data set repository that it was trained on, when there is one.
        licence: SPDX name; default Apache-2.0 for a prover built from nothing, the licence of a known base model, else none.
    """
    from huggingface_hub import ModelCardData

    evaluations = _evaluations(run, weights) if run else []
    base = config.model.path
    data = ModelCardData(
        language="en",
        license=(licence or _licence(base)),
        library_name="transformers",
        pipeline_tag="text-generation",
        tags=["lean4", "theorem-proving", "physics", "reinforcement-learning", "grpo", "physprover"],
        datasets=dataset,
        base_model=base if _on_hub(base) else None,
        model_name=repo.partition("/")[2],
    )
    text = _TEXT.format(
        name=repo.partition("/")[2],
        folder=repo.partition("/")[2],
        made=_made(config, run, weights),
        facts="\n".join(f"| {key} | {value} |" for key, value in _facts(weights, config, run).items()),
        figures=_table(evaluations, weights),
        prompt=config.model.prompt,
        prompt_tokens=config.model.max_prompt_tokens,
        answer_tokens=config.model.max_new_tokens,
    )
    return f"---\n{data.to_yaml()}\n---\n{text}"


def _licence(base: str | None) -> str | None:
    """The licence where it is known: weights built here are ours to give, those of others are not."""
    if not base:
        return "apache-2.0"
    return KNOWN[base].licence.lower() if base in KNOWN else None


def _made(config: RunConfig, run: Path | None, weights: Path) -> str:
    start = (
        f"started from {KNOWN[config.model.path].model if config.model.path in KNOWN else 'a pretrained model'}"
        if config.model.path
        else "built and warm-started on reference proofs"
    )
    if run is None:
        return "packed from a folder of weights" if not config.model.path else "published as it was found"
    if weights.parent.name != "checkpoints":
        return f"{start}; no reinforcement learning yet"
    step = weights.name.removeprefix("step-")
    return f"{start}, then trained for {step} steps of reinforcement learning ({config.rl.loss}) on Lean's verdicts"


def _facts(weights: Path, config: RunConfig, run: Path | None) -> dict[str, str]:
    shape = (
        json.loads((weights / "config.json").read_text(encoding="utf-8"))
        if (weights / "config.json").exists()
        else {}
    )
    facts = {
        "architecture": ", ".join(shape.get("architectures") or ["adapter"]),
        "parameters": f"{_parameters(weights):,}",
        "prompt format": f"`{config.model.prompt}`",
    }
    if run is not None:
        facts["optimizer"] = (
            f"{config.rl.optimizer.name}, learning rate {config.rl.optimizer.learning_rate:g}"
        )
        facts["attempts a step"] = f"{config.rl.problems_per_step} problems × {config.rl.group_size}"
        facts["seed"] = str(config.seed)
        facts |= _provenance(run)
    return facts


def _parameters(weights: Path) -> int:
    """Parameters in all safetensors files, from their headers."""
    from safetensors import safe_open

    count = 0
    for path in weights.glob("*.safetensors"):
        with safe_open(path, framework="numpy") as file:
            count += sum(prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118 - no mapping
    return count


def _provenance(run: Path) -> dict[str, str]:
    try:
        noted: dict[str, Any] = json.loads((run / "provenance.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    packages = noted.get("packages", {})
    made = [f"{name} {packages[name]}" for name in ("torch", "transformers", "trl") if name in packages]
    revision = str(noted.get("source_revision") or "")[:12]
    return {
        "made with": ", ".join([f"physprover {noted.get('physprover', '')} {revision}".strip(), *made]),
    }


def _evaluations(run: Path, weights: Path) -> list[EvalResult]:
    """Evaluations of these weights, and before them those of the warm start."""
    found = []
    for file in sorted((run / "eval").glob("*.json")):
        try:
            found.append(read_result(file))
        except DataError:  # a baseline or the state of one: other formats
            continue
    ours = [r for r in found if _is_of(r, weights)]
    begun = [r for r in found if r.weights_version == 0 and not _is_of(r, weights)]
    return [*begun, *ours]


def _is_of(result: EvalResult, weights: Path) -> bool:
    """`result.model` ends in the folder of the weights: `checkpoints/step-10`, `quickstart/warmstart`."""
    return result.model.rpartition("/")[2] == weights.name


def _table(evaluations: Sequence[EvalResult], weights: Path) -> str:
    if not evaluations:
        return "None came with the weights."
    ks = sorted({k for result in evaluations for k in result.settings.ks})
    head = ["weights", "problems", "theorems", "attempts each", "temperature", *(f"pass@{k}" for k in ks)]
    rows = [
        [
            "**these**" if _is_of(result, weights) else "before RL",
            result.benchmark,
            str(result.overall.theorems),
            result.attempts_each,
            "—" if result.settings.temperature is None else f"{result.settings.temperature:g}",
            *(str(result.overall.at(k) or "—") for k in ks),
        ]
        for result in evaluations
    ]
    engines = sorted({result.versions["engine"] for result in evaluations if "engine" in result.versions})
    unjudged = sum(result.unjudged for result in evaluations)
    return (
        f"{markdown_table(head, rows)}\n\n"
        f"95 % intervals over theorems in brackets; pass@k is the unbiased estimate. Every attempt was judged by {', '.join(engines) or 'Lean'},"
        f" and accepted proofs were replayed by its kernel; {unjudged} attempts could not be judged and count neither way."
    )
