"""`physprover …`: a file for each command or those that belong together, loaded when one is called, so that the help starts fast.

Exit status: 0 done, 1 done but not everything proved (or better), 2 it could not be done; then one line says why.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer

from physprover import __version__
from physprover.app.commands.common import CommandGroup, new_app

# In the order of the help: the file of this folder, and the first line of the command's own help, which is not loaded for it.
COMMANDS = {
    "run": ("run", "The whole job, seeds to report."),
    "plan": ("run", "What a run costs on a GPU cluster."),
    "eval": ("eval", "pass@k with 95 % intervals on held-out theorems."),
    "compare": ("eval", "Is one evaluation better than another?"),
    "report": ("report", "Write the report page of a run or of an evaluation."),
    "replay": ("run", "Train from recorded attempts, without a sampler and without Lean."),
    "inspect": ("inspect", "What the prover wrote and what Lean said of it."),
    "verify": ("verify", "Judge every theorem of Lean or JSONL files."),
    "check": ("check", "Check certificates, or exported declarations, with the second kernel."),
    "prove": ("prove", "Search a proof within a budget."),
    "mcp": ("mcp", "Offer verify, prove and search to editors and assistants."),
    "doctor": ("doctor", "Check the installation."),
    "serve": ("serve", "Serve the embedded engine as a judge over HTTP."),
    "attack": ("attack", "Cheat on the judge in every known way."),
    "study": ("study", "Compare settings over seeds on one data set."),
    "bench": ("bench", "Measure what this machine reaches, against the figures that were promised."),
    "data": ("data", "Build, look at and check data sets of theorems."),
    "lean": ("lean", "The embedded Lean."),
    "models": ("models", "Small pretrained models."),
}


class _Commands(CommandGroup):
    """Imports a command's file when the command is asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{__name__}.{COMMANDS[cmd_name][0]}")
        if group := getattr(module, "app", None):
            return typer.main.get_group(group)
        single = new_app()
        single.command(cmd_name)(getattr(module, "evaluate" if cmd_name == "eval" else cmd_name))
        return typer.main.get_command(single)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


app = new_app(
    "PhysProver: a prover that learns physics from a real Lean 4 kernel. `physprover VERB --help` has examples.",
    _Commands,
)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"physprover {__version__}")
        raise typer.Exit


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
