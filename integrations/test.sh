#!/usr/bin/env bash
# Test plug-ins, each with its framework from the package registry in an environment of its own:
#   bash integrations/test.sh NAME [FOLDER FOR THE ENVIRONMENT]
# The judge is the one at $PHYSPROVER_URL, or one that $PHYSPROVER_COMMAND starts.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=$1
environment=${2:-$(mktemp -d)/$name}
python3 -m venv "$environment"
python=$environment/bin/python
"$python" -m pip install -q "$here/client"
case $name in
  verl | openrlhf)
    # Their own pins need CUDA to build, or an older torch: the framework without its dependencies, and what its reward code imports.
    requirement=$(sed -n "s/.*\"\($name>=[^\"]*\)\".*/\1/p" "$here/$name/pyproject.toml")
    "$python" -m pip install -q -r "$here/$name/requirements-test.txt"
    "$python" -m pip install -q --no-deps "$requirement" "$here/$name"
    ;;
  trl | lm_eval)
    "$python" -m pip install -q torch==2.13.0  # what pip would choose itself may be the CUDA build
    "$python" -m pip install -q "$here/$name[test]"
    ;;
  *) "$python" -m pip install -q "$here/$name[test]" ;;
esac
cd "$here/$name"
"$python" -m pytest .
