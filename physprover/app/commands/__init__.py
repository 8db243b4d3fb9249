"""`physprover …`: one function a verb, each with examples in its help. Nothing heavy is imported before it is needed.

Exit status: 0 done, 1 done but not everything proved (or better), 2 it could not be done; then one line says why.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from physprover import __version__
from physprover.app.commands import bench, data, install, job, models, prover, results
from physprover.app.commands.group import new_app

app = new_app(
    "PhysProver: a prover that learns physics from a real Lean 4 kernel. `physprover VERB --help` has examples."
)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"physprover {__version__}")
        raise typer.Exit


# In the order of the help.
app.command("run")(job.run)
app.command("plan")(job.plan)
app.command("eval")(results.evaluate)
app.command("compare")(results.compare)
app.command("report")(results.report)
app.command("replay")(job.replay)
app.command("inspect")(results.inspect)
app.command("verify")(prover.verify)
app.command("check")(prover.check)
app.command("prove")(prover.prove)
app.command("mcp")(prover.mcp)
app.command("doctor")(install.doctor)
app.command("serve")(prover.serve)
app.command("attack")(prover.attack)
app.command("study")(job.study)
app.add_typer(bench.app, name="bench")
app.add_typer(data.app, name="data")
app.add_typer(install.app, name="lean")
app.add_typer(models.app, name="models")


def main() -> None:
    """Entry point of the `physprover` script. Exit status 2 where another package stands in for one of our stages."""
    from physprover.resources import foreign_stages

    if foreign := foreign_stages():
        print(
            f"physprover: other packages are in the way: {', '.join(foreign)}; install physprover in an environment of its own",
            file=sys.stderr,
        )
        sys.exit(2)
    app()
