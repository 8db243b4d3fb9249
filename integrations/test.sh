#!/usr/bin/env bash
# Test a plug-in with its framework from the package registry, in an environment of its own:
#   bash integrations/test.sh NAME [FOLDER FOR THE ENVIRONMENT]
# The judge is the one at $PHYSPROVER_URL, or one that $PHYSPROVER_COMMAND starts.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=$1
environment=${2:-$(mktemp -d)/$name}
python3 -m venv "$environment"
python=$environment/bin/python
case $name in
  trl | lm_eval) "$python" -m pip install -q torch==2.13.0 ;;  # what pip would choose itself may be the CUDA build
esac
"$python" -m pip install -q "$here/client"
"$python" -m pip install -q "$here/$name[test]"
cd "$here/$name"
"$python" -m pytest .
