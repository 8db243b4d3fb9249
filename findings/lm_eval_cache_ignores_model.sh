#!/usr/bin/env bash
# lm-eval: two models and one use_cache path (lm-eval 0.4.13, datasets 5.2.0)
#
# Guess:     use_cache (--use_cache) names a store of model answers whose key holds the model as well as the request, so one
#            path serves a comparison of a checkpoint before and after training.
# Behaviour: the key is a hash of the request alone: its kind, the prompt, the generation settings. The second model is never asked;
#            its report has the first one's answers and accuracy. Before and after RL come out exactly equal. One path per
#            checkpoint is needed.
# Seen:      "first model: asked 20 times, accuracy 0; second model: asked 0 times, accuracy 0, with a path of its own 1"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q lm-eval==0.4.13 datasets==5.2.0
cat >twice.py <<'PY'
import json
from pathlib import Path

from lm_eval import simple_evaluate
from lm_eval.api.model import LM

Path("rows.jsonl").write_text("".join(json.dumps({"q": f"{i} + 0 =", "a": str(i)}) + "\n" for i in range(20)))
task = {
    "task": "plus_zero", "dataset_path": "json", "dataset_kwargs": {"data_files": {"test": "rows.jsonl"}}, "test_split": "test",
    "doc_to_text": "{{q}}", "doc_to_target": "{{a}}", "output_type": "generate_until", "generation_kwargs": {"until": ["\n"]},
    "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
}


class Wrong(LM):
    def __init__(self):
        super().__init__()
        self.asked = 0

    def generate_until(self, requests, disable_tqdm=False):
        self.asked += len(requests)
        return [self.answer(request.args[0]) for request in requests]

    def answer(self, prompt):
        return "no idea"

    def loglikelihood(self, requests):
        raise NotImplementedError

    loglikelihood_rolling = loglikelihood


class Right(Wrong):
    def answer(self, prompt):
        return prompt.split()[0]


def evaluated(model, path):
    found = simple_evaluate(model=model, tasks=[dict(task)], use_cache=path, bootstrap_iters=0)
    return model.asked, round(float(found["results"]["plus_zero"]["exact_match,none"]), 3)


first, second, apart = evaluated(Wrong(), "shared"), evaluated(Right(), "shared"), evaluated(Right(), "apart")
print(
    f"first model: asked {first[0]} times, accuracy {first[1]:g}; second model: asked {second[0]} times, "
    f"accuracy {second[1]:g}, with a path of its own {apart[1]:g}"
)
raise SystemExit(0 if (first, second, apart) == ((20, 0.0), (0, 0.0), (20, 1.0)) else "CHANGED")
PY
HF_HOME="$work/hf" HF_HUB_OFFLINE=1 env/bin/python twice.py 2>/dev/null | grep '^first model' || { echo CHANGED; exit 1; }
