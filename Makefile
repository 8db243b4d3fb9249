# The two commands a newcomer needs are `make demo` and `make test`; both set everything up first (once).

PHYSPROVER := .venv/bin/physprover

.PHONY: demo test test-vllm setup lint format clean help

demo: setup  ## run the main job: a prover learns physics from a real Lean 4 kernel
	@$(PHYSPROVER) run configs/quickstart.toml

test: setup  ## run the tests
	@.venv/bin/python -m pytest -n 2 --dist loadfile

test-vllm: setup  ## run the tests of the vLLM sampler on the CPU (2.4 GB of disk, in .venv-vllm/)
	@scripts/setup_vllm.sh
	@VLLM_CPU_KVCACHE_SPACE=1 .venv-vllm/bin/python -m pytest tests/vllm

setup:  ## create .venv/ and install everything, Lean included; the second time it does nothing
	@scripts/setup.sh

lint: setup  ## style and types
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy

format: setup  ## let ruff rewrite the code
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

clean:  ## remove .venv/, .venv-vllm/ and tool caches; runs/ and the download cache stay
	rm -rf .venv .venv-vllm .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10
