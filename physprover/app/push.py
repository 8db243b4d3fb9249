"""`physprover data push` and `physprover models push`: a data set or a prover as a repository of the Hugging Face hub.

One commit with a fixed list of files: parquet, safetensors, tokenizer, figures and the card. Journals, optimizer states and
pickles stay here. The token is huggingface_hub's own business ($HF_TOKEN, `hf auth login`): it is neither read nor written
here. $HF_ENDPOINT names another hub.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from physprover.app.model_card import model_card
from physprover.app.provers import find_model
from physprover.errors import DataError, HubError, ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

_DATASET_FILES = (
    "README.md",
    "data/*.parquet",
    "*.parquet",
    "*.svg",
    "stats.json",
    "leaks.json",
    "contamination.json",
)
_MODEL_FILES = (
    "config.json",
    "generation_config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "adapter_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "LICENSE",
)


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
    card = model_card(repo, folder, config, run.path if run else None, dataset, licence)
    return Upload(repo, "model", {**files, "README.md": card.encode()})


def push(upload: Upload, public: bool) -> str:
    """Upload in one commit and return its address. A repository that is not there is made, private unless `public`.

    Raises `HubError`, one line, for everything the hub or the network can answer.
    """
    from huggingface_hub import CommitOperationAdd, HfApi
    from huggingface_hub.errors import HfHubHTTPError

    from physprover import __version__

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
