#!/usr/bin/env bash
# datasets: the cache of map and filter when a function is imported (datasets 5.2.0)
#
# Guess:     the fingerprint follows the code: a function that is edited between two runs is run again, wherever it is written.
# Behaviour: a function of the main script is hashed by its code and the globals it uses, one of an importable module by its
#            name only. After an edit of that module, map and filter answer from the old result without a message; so does a
#            lambda of the main script that calls into the module. Moving a preprocessing function from a script into a
#            package therefore freezes its results until the cache is removed or load_from_cache_file=False is given.
# Seen:      "after the edit: in the script [101, 105] / imported [2, 6], lambda around it [2, 6], filter keeps 2;
#            without the cache [101, 105], 1"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf" PYTHONDONTWRITEBYTECODE=1
python3 -m venv env
env/bin/pip install -q datasets==5.2.0
printf '{"x": 1}\n{"x": 5}\n' >data.jsonl
write() { # the code of a step, with its constant, as a module and in the script
  printf 'def add(e):\n    return {"y": e["x"] + %s}\n\n\ndef keep(e):\n    return e["x"] > %s\n' "$1" "$2" >prep.py
  { printf 'import prep\nfrom datasets import load_dataset\n\n\ndef own(e):\n    return {"y": e["x"] + %s}\n' "$1"; cat body.py; } >main.py
}
cat >body.py <<'PY'


def results(**how):
    data = load_dataset("json", data_files="data.jsonl", split="train")
    imported = data.map(prep.add, **how)["y"][:]
    wrapped = data.map(lambda e: prep.add(e), **how)["y"][:]
    return data.map(own, **how)["y"][:], imported, wrapped, len(data.filter(prep.keep, **how))


script, imported, wrapped, kept = results()
_, fresh, _, left = results(load_from_cache_file=False)
print(
    f"in the script {script} / imported {imported}, lambda around it {wrapped}, filter keeps {kept}; "
    f"without the cache {fresh}, {left}"
)
PY
write 1 0
before=$(env/bin/python main.py 2>/dev/null)
write 100 3
after=$(env/bin/python main.py 2>/dev/null)
echo "before the edit: $before"
echo "after the edit: $after"
old="in the script [2, 6] / imported [2, 6], lambda around it [2, 6], filter keeps 2; without the cache [2, 6], 2"
new="in the script [101, 105] / imported [2, 6], lambda around it [2, 6], filter keeps 2; without the cache [101, 105], 1"
[ "$before" = "$old" ] && [ "$after" = "$new" ] || { echo "CHANGED"; exit 1; }
