#!/usr/bin/env bash
# ray.util.ActorPool: a second map() before the first one was read (ray 2.60.0)
#
# Guess:     map() submits its work and returns an iterator over the results of that work; two maps of one pool queue up, each
#            iterator yields its own results.
# Behaviour: all iterators of a pool read from the pool. The second map() runs the first one's tasks and throws their results away;
#            the first iterator then yields the results of the second call, and the second one yields nothing. Judging the training
#            and the held-out attempts this way gives the training set the held-out verdicts, without an error. list() the first
#            before the second is called.
# Seen:      "train: ['test 0', 'test 1'], test: [], tasks run: 4"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q ray==2.60.0
cat >maps.py <<'PY'
import ray
from ray.util import ActorPool

ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100 * 2**20)


@ray.remote
class Judge:
    def __init__(self):
        self.run = 0

    def judge(self, attempt):
        self.run += 1
        return attempt

    def count(self):
        return self.run


judges = [Judge.remote() for _ in range(2)]
pool = ActorPool(judges)
train = pool.map(lambda judge, attempt: judge.judge.remote(attempt), ["train 0", "train 1"])
test = pool.map(lambda judge, attempt: judge.judge.remote(attempt), ["test 0", "test 1"])
train, test = list(train), list(test)
run = sum(ray.get([judge.count.remote() for judge in judges]))
ray.shutdown()
print(f"train: {train}, test: {test}, tasks run: {run}")
raise SystemExit(0 if train == ["test 0", "test 1"] and test == [] and run == 4 else "CHANGED")
PY
env/bin/python maps.py 2>/dev/null
