"""Run by `make test-vllm` in an environment of its own; without vLLM nothing here is collected."""

import importlib.util

collect_ignore_glob = ["test_*.py"] if importlib.util.find_spec("vllm") is None else []
