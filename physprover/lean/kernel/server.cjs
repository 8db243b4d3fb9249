// The second kernel's process: one JSON object a line in, one out on a pipe of its own. It holds no Lean. The kernel runs in
// a thread with a large stack, for terms can be deep.
"use strict";

const fs = require("fs"), path = require("path");
const { isMainThread, parentPort, Worker, workerData } = require("worker_threads");

const STACK_MB = 192, HEAP_MB = 2048;

function reply(fd, value) { // a pipe takes what it has room for
  const data = Buffer.from(JSON.stringify(value) + "\n");
  for (let at = 0; at < data.length;) {
    try { at += fs.writeSync(fd, data, at); } catch (error) { if (error.code !== "EAGAIN") throw error; }
  }
}

function main([engineDir, replyFd]) {
  const fd = Number(replyFd);
  const worker = new Worker(__filename, { workerData: { engineDir, fd }, resourceLimits: { stackSizeMb: STACK_MB, maxOldGenerationSizeMb: HEAP_MB } });
  worker.on("error", error => {
    reply(fd, { fatal: error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "out of memory" : String(error.stack ?? error).slice(0, 500), nonce: null });
    process.exit(70);
  });
  let pending = "";
  process.stdin.setEncoding("utf8").on("data", chunk => {
    pending += chunk;
    for (let end; (end = pending.indexOf("\n")) >= 0;) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      if (line.trim()) worker.postMessage(line);
    }
  }).on("end", () => process.exit(0));
}

function serve({ engineDir, fd }) {
  const { Judge } = require("./judge.cjs"), judge = new Judge(path.join(engineDir, "lib"));
  judge.library([]);
  reply(fd, { ready: true, version: "1", code: false });
  parentPort.on("message", line => {
    const request = JSON.parse(line), began = process.cpuUsage();
    const [kind] = ["check", "certificate", "file", "variants"].filter(k => request[k]);
    const answer = kind === undefined ? { outcome: "malformed", message: "unknown request" } : judge[kind](request[kind]);
    const { user, system } = process.cpuUsage(began);
    reply(fd, { ...answer, nonce: request.nonce, ms: (user + system) / 1e3 });
  });
}

if (isMainThread) main(process.argv.slice(2));
else serve(workerData);
