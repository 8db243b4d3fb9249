#!/usr/bin/env bash
# TensorBoard: reading a long run's curve from its event file (tensorboard 2.21.0)
#
# Guess:     EventAccumulator(folder).Reload().Scalars("loss") is the curve; its description says "all associated ScalarEvents", and it is
#            what scripts read runs with. Thinning is for the web page.
# Behaviour: of a tag with more than 10,000 points it holds a random sample of 10,000 and the last one. A run of 40,000 steps has lost three
#            quarters of them: the spike or the best step is gone more often than not, a sum over steps (tokens, seconds) is a quarter, and
#            two tags that were logged at the same steps are sampled apart where one has more points, so that a join on the step loses
#            most of the rest. Nothing is logged, and a run of 10,000 steps is right. size_guidance={"scalars": 0} keeps everything.
# Seen:      "40000 steps: points 10000, tokens summed 10.0 of 40.0 million, highest loss 1.0 of 9.0, evaluations at a held step 2464 of
#            13334; with size_guidance 40000, 40.0, 9.0, 13334; 10000 steps: points 10000"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile tensorboard==2.21.0 protobuf==7.36.2 numpy==2.3.5 grpcio==1.85.3 absl-py==2.5.1
cat >curve.py <<'PY'
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter


def write(folder, steps):
    """A run whose loss is 1 but for one step, with 1,000 tokens a step and an evaluation at every third."""
    writer = EventFileWriter(folder)
    for step in range(steps):
        values = {"loss": 9.0 if step == steps // 2 + 11 else 1.0, "tokens": 1000.0} | ({} if step % 3 else {"solved": 0.5})
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])
        writer.add_event(Event(step=step, wall_time=step, summary=summary))
    writer.close()


def read(folder, **settings):
    """Points, millions of tokens, the highest loss, and how many evaluations are at a step whose loss is held."""
    run = EventAccumulator(folder, **settings).Reload()
    loss, tokens, solved = (run.Scalars(tag) for tag in ("loss", "tokens", "solved"))
    joined = {event.step for event in loss} & {event.step for event in solved}
    return len(loss), sum(event.value for event in tokens) / 1e6, max(event.value for event in loss), len(joined)


write("long", 40000)
write("short", 10000)
plain, whole, short = read("long"), read("long", size_guidance={"scalars": 0}), read("short")
print(
    f"40000 steps: points {plain[0]}, tokens summed {plain[1]:.1f} of 40.0 million, highest loss {plain[2]} of 9.0, evaluations at a held "
    f"step {plain[3]} of 13334; with size_guidance {whole[0]}, {whole[1]:.1f}, {whole[2]}, {whole[3]}; 10000 steps: points {short[0]}"
)
lost = plain[0] == 10000 and round(plain[1]) == 10 and plain[2] == 1.0 and plain[3] < 4000
raise SystemExit(0 if lost and whole == (40000, 40.0, 9.0, 13334) and short == (10000, 10.0, 9.0, 3334) else "CHANGED")
PY
env/bin/python curve.py 2>/dev/null
