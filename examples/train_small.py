"""Train a prover from nothing on eight files of PhysCore: data set, warm start, RL, report. Minutes on two cores.

python examples/train_small.py [RUN]        RUN is runs/small by default; repeat the command to resume
"""

import shutil
import sys
from pathlib import Path

from physprover.app.display import Display
from physprover.app.pipeline import run_pipeline
from physprover.config_file import parse_config
from physprover.errors import PhysProverError
from physprover.resources import resolve

FILES = {
    "train": (
        "ClassicalMechanics/Energy",
        "ClassicalMechanics/Kinematics",
        "Electromagnetism/ChargeConservation",
        "Optics/Lenses",
        "Optics/Polarisation",
        "Optics/Refraction",
    ),
    "validation": ("Units/Dimensions",),
    "test": ("Optics/RayTransfer",),
}


def small_library(folder: Path) -> Path:
    """A Lean library of eight files of PhysCore, with the splits above."""
    source = resolve("lean/PhysCore")
    for name in (name for names in FILES.values() for name in names):
        target = folder / f"{name}.lean"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / "PhysCore" / f"{name}.lean", target)
    shutil.copy(source / "lakefile.toml", folder)
    held_out = {split: [Path(name).name for name in FILES[split]] for split in ("test", "validation")}
    (folder / "splits.toml").write_text("".join(f"{split} = {names}\n" for split, names in held_out.items()))
    return folder


def main() -> None:
    """Run the whole job and say where the report is."""
    if len(sys.argv) > 2 or sys.argv[-1].startswith("-"):
        sys.exit(__doc__)
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/small")
    config = parse_config(
        {
            "name": out.name,
            "output": str(out.parent),
            "engine": {"workers": 1, "seconds": 8},
            "data": {
                "library": str(small_library(out.parent / f"{out.name}-library")),
                "conjectures_per_seed": 1,
            },
            "model": {
                "prompt": "tiny-brief",
                "hidden_size": 128,
                "layers": 3,
                "heads": 4,
                "vocab_size": 512,
                "max_prompt_tokens": 320,
            },
            "sft": {"share": 0.6, "epochs": 2, "batch_size": 8, "learning_rate": 3e-3},
            # a search proves train problems, the prover learns what it found, RL goes on from there
            "rl": {
                "steps": 5,
                "problems_per_step": 8,
                "group_size": 8,
                "expert": {"checks": 4, "steps": 100},
                "optimizer": {"learning_rate": 2e-4},
            },
            "eval": {"samples": 4, "ks": [1, 4]},
        }
    )
    run = run_pipeline(config, Display())
    for step in run.metrics():
        print(f"step {step.step}: mean reward {step.reward:.2f} of {step.judged} judged attempts")
    print(f"report: {run.path / 'report.html'}")


if __name__ == "__main__":
    try:
        main()
    except (PhysProverError, OSError) as error:
        sys.exit(str(error))
