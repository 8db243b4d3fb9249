"""The memory model against the peak of real steps, in processes of their own, which read their peaks from the kernel."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from physprover.config_file import parse_config

ROOT = Path(__file__).parents[3]
LENGTHS = ((160, 24), (480, 48))  # of prompt and answer, the shorter first: a peak must be new
SHAPE = {
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 4,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "vocab_size": 96,
    "tie_word_embeddings": True,
}  # four of SmolLM2's layers


def config_of(folder: Path, lora: bool, prompt: int, answer: int):
    model = {"path": str(folder), "prompt": "stp", "max_prompt_tokens": prompt, "max_new_tokens": answer}
    rl = {"group_size": 8, "problems_per_step": 1, "optimizer": {"learning_rate": 1e-6}}
    if lora:
        model["lora_rank"], rl["kl"] = 8, 0.01
    return parse_config({"model": model, "rl": rl})


def measure(folder: Path, lora: bool) -> list[float]:
    """Peaks of steps above what the process held before the model, in MiB, one for each of `LENGTHS`. Runs in a fresh process."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from rl.groups import Sample
    from rl.trainer.build import quiet, return_freed_memory
    from rl.trainer.grpo import GroupTrainer
    from tests.rl.conftest import build_tokenizer

    if lora:
        import peft  # noqa: F401 - its import is not the step's memory
    quiet()
    return_freed_memory()
    torch.set_num_threads(1)
    before = _status("VmRSS")
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**SHAPE, pad_token_id=0, eos_token_id=1))
    model.save_pretrained(folder)
    model.config.name_or_path = str(folder)
    trainer = GroupTrainer(model, build_tokenizer(), config_of(folder, lora, *LENGTHS[-1]), folder / "out")
    rng = random.Random(0)

    def step(prompt: int, answer: int) -> None:
        ids = tuple(rng.randrange(2, 90) for _ in range(prompt))
        trainer.update(
            [
                Sample(ids, tuple(rng.randrange(2, 90) for _ in range(answer)), (-4.5,) * answer, (-1.0) ** i)
                for i in range(8)
            ]
        )

    step(16, 4)  # from now on the optimizer has its state
    peaks = []
    for prompt, answer in LENGTHS:
        Path("/proc/self/clear_refs").write_text("5")
        step(prompt, answer)
        peaks.append(_status("VmHWM") - before)
    return peaks


def _status(key: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) / 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from Linux's /proc")
@pytest.mark.parametrize("lora", [False, True])
def test_predicted_and_measured_peaks_agree(tmp_path: Path, lora: bool) -> None:
    from rl.planning.capacity import architecture, trainer_need

    arguments = [sys.executable, "-m", "tests.rl.planning.test_memory", str(tmp_path), str(int(lora))]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    for (prompt, answer), measured in zip(LENGTHS, json.loads(done.stdout.splitlines()[-1]), strict=True):
        config = config_of(tmp_path, lora, prompt, answer)
        shape = architecture(config)
        assert shape is not None
        predicted = trainer_need(config, shape).total / 2**20
        print(f"predicted {predicted:.0f} MiB, measured {measured:.0f} MiB: {predicted / measured:.2f}")
        assert 0.8 <= predicted / measured <= 1.2


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), bool(int(sys.argv[2])))))
