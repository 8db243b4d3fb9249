"""The verbs that judge and prove what they are given: `verify`, `check`, `prove`, `mcp`, `serve`, `attack`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.options import (
    EngineKind,
    Json,
    Model,
    Overrides,
    Project,
    Seconds,
    Workers,
    engine_config,
)


def verify(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="Lean files.")] = None,
    jsonl: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Rows with name, header, statement, proof.")
    ] = None,
    as_json: Json = False,
    workers: Workers = 2,
    seconds: Seconds = 20.0,
    kind: EngineKind = "auto",
    project: Project = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="New folder for a certificate of each proof, see `physprover check`."
        ),
    ] = None,
) -> None:
    """Judge every theorem of Lean or JSONL files.

    Exit status 0: all proved, 1: some not, 2: some could not be judged.

    In JSONL, `statement` is the text up to `:=` and `proof` the text after it; `name` is the row's own id.

    \b
    Examples:
      physprover verify lean/PhysCore/PhysCore/ClassicalMechanics/*.lean
      physprover verify --jsonl attempts.jsonl --json > verdicts.jsonl
      physprover verify Draft.lean --certificate proofs/ && physprover check proofs/
      echo '{"name": "a", "header": "", "statement": "theorem t : 2 + 2 = 4", "proof": "by decide"}' \\
        | physprover verify --jsonl -
    """
    from physprover.app.verbs.verify import verify_all

    engine = engine_config(kind, project, workers, seconds)
    raise typer.Exit(verify_all(tuple(files or ()), jsonl, engine, as_json, certificate))


def check(
    path: Annotated[
        Path,
        typer.Argument(metavar="DIR|FILE", help="Certificates, or declarations in the lean4export format."),
    ],
    as_json: Json = False,
    seconds: Seconds = 60.0,
) -> None:
    """Check certificates, or exported declarations, with the second kernel alone, without Lean.

    Certificates build on the installed library, which they must name. A file stands alone: every declaration in it is
    checked from the ground up. The axioms are named. Exit status 0: accepted, 1: refused, 2: could not be checked.

    \b
    Examples:
      physprover check proofs/
      physprover check proof.ndjson --json --seconds 300
    """
    from physprover.app.verbs.check import check_path

    raise typer.Exit(check_path(path, as_json, seconds))


def prove(
    source: Annotated[
        str,
        typer.Argument(
            metavar="THEOREM|FILE|-", help="'theorem name (binders) : type', or Lean text with sorrys."
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(help="Run directory or Hugging Face model; default: the newest run; none: no prover."),
    ] = None,
    header: Annotated[
        Path | None, typer.Option(help="Lean file to put before a theorem (definitions, lemmas).")
    ] = None,
    budget: Annotated[
        str, typer.Option(help="What each theorem may cost; default: tokens=16384,checks=64,seconds=60.")
    ] = "",
    policy: Annotated[str, typer.Option(help="How to search: value, or direct (sampling only), …")] = "value",
    seed: Annotated[int, typer.Option(help="Sampling seed.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Filled copy of a file; default: NAME.proved.lean.")
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write proofs into the file itself.")] = False,
    overrides: Overrides = None,
) -> None:
    """Search a proof within a budget.

    Shows what it tries, prints the first proof that Lean accepts. Of a file, or of text from a pipe, it fills the sorrys
    it can and keeps the rest; the file itself is not touched. Exit status 1: something is left unproved.

    \b
    Examples:
      physprover prove 'theorem t (a b : Int) : (a + b)^2 = a^2 + 2*a*b + b^2'
      physprover prove 'theorem t (m : Int) : twiceKineticEnergy m 0 = 0' --model runs/quickstart \\
        --header lean/PhysCore/PhysCore/ClassicalMechanics/Energy.lean
      physprover prove Draft.lean --budget checks=128,seconds=120
      physprover prove - < Draft.lean > Proved.lean
    """
    from physprover.app.verbs.prove import Request
    from physprover.app.verbs.prove import prove as search_proof

    request = Request(
        source=source,
        header=header,
        model=model,
        budget=budget,
        policy=policy,
        seed=seed,
        out=out,
        in_place=in_place,
    )
    raise typer.Exit(search_proof(request, tuple(overrides or ())))


def mcp(model: Model = None, overrides: Overrides = None) -> None:
    """Offer verify, prove and search to editors and assistants.

    A Model Context Protocol server on standard input and output; an editor starts it with this command.

    \b
    Examples:
      physprover mcp
      physprover mcp --model runs/quickstart
    """
    from physprover.app.verbs.mcp import serve_mcp

    serve_mcp(model, tuple(overrides or ()))


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; outside ones need a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Workers = 2,
    until_eof: Annotated[
        bool, typer.Option("--until-eof", help="End when standard input does, as physprover.client asks.")
    ] = False,
) -> None:
    """Serve the embedded engine as a judge over HTTP.

    Answers `physprover.client` and all plug-ins of integrations/, and speaks the API of the Kimina Lean Server, so that
    its clients work unchanged; /metrics is for Prometheus.
    A token in $PHYSPROVER_TOKEN is asked of clients as their API key.

    \b
    Examples:
      physprover serve
      PHYSPROVER_TOKEN=$(cat token) physprover serve --host 0.0.0.0 --workers 16
    """
    from physprover.app.verbs.serve import serve as serve_http

    serve_http(engine_config("embedded", None, workers, 60.0), host, port, until_eof)


def attack(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only these: K01, or K for its class.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Folder of attacks. Default: the corpus PhysProver carries.")
    ] = None,
    kind: EngineKind = "auto",
    project: Project = None,
) -> None:
    """Cheat on the judge in every known way.

    Prints what each class of attacks fooled and what refused it. Exit status 0: all refused, each by the check it names.

    \b
    Examples:
      physprover attack
      physprover attack K A06
    """
    from physprover.app.verbs.attack import attack_engine

    raise typer.Exit(attack_engine(engine_config(kind, project, 1, 60.0), corpus, only or []))
