#!/usr/bin/env bash
# One run on a Slurm cluster: a Ray head beside the driver on the first node, a Ray worker on each other one.
#
#   sbatch configs/cluster/slurm.sh                                  # configs/physprover-7b.toml, one node
#   sbatch --nodes=2 configs/cluster/slurm.sh configs/physprover-7b.toml --set cluster.gpus=16 \
#       --set cluster.trainer_processes=8 --set cluster.trainer_gpus=8 --set sampler.replicas=8 --set rl.kl=0
#
# Submit it from the repository, on a file system that all nodes share. Five minutes before the time limit Slurm sends
# SIGTERM: the run writes a checkpoint and ends, and the job puts itself back in the queue to go on from there.
#SBATCH --job-name=physprover
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=96
#SBATCH --mem=0
#SBATCH --exclusive
#SBATCH --time=24:00:00
#SBATCH --signal=B:TERM@300
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=physprover-%j.log
set -euo pipefail

cd "${SLURM_SUBMIT_DIR:?submit this script with sbatch}"
config=${1:-configs/physprover-7b.toml}
shift || true

# Ray lowers the priority of its workers by default; Lean and the samplers would starve behind everything else.
export RAY_worker_niceness=0 RAY_USAGE_STATS_ENABLED=0
# One token for head, workers and driver: without, a token that somebody's earlier Ray left in ~/.ray keeps the driver out.
export RAY_AUTH_MODE=token
RAY_AUTH_TOKEN=${RAY_AUTH_TOKEN:-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')}
export RAY_AUTH_TOKEN
bin=$PWD/.venv/bin
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | awk 'NR == 1') # reads on: `head` would end the pipe
address=$(srun --nodes=1 --ntasks=1 --nodelist="$head" hostname --ip-address | awk '{print $1}'):6379

srun --nodes=1 --ntasks=1 --nodelist="$head" --overlap \
    "$bin/ray" start --head --node-ip-address="${address%:*}" --port=6379 --disable-usage-stats --block &
sleep 20 # the others give up when the head is not there yet
if [ "$SLURM_JOB_NUM_NODES" -gt 1 ]; then
    srun --nodes=$((SLURM_JOB_NUM_NODES - 1)) --ntasks=$((SLURM_JOB_NUM_NODES - 1)) --exclude="$head" --overlap \
        "$bin/ray" start --address="$address" --disable-usage-stats --block &
fi

srun --nodes=1 --ntasks=1 --nodelist="$head" --overlap \
    "$bin/physprover" run "$config" --address "$address" --set "cluster.nodes=$SLURM_JOB_NUM_NODES" "$@" &
driver=$!

again=no
trap 'again=yes; kill -TERM "$driver"' TERM
status=0
wait "$driver" || status=$?
if [ "$again" = yes ]; then
    wait "$driver" || true # the first wait ended with the signal, not with the driver
    scontrol requeue "$SLURM_JOB_ID"
    exit 0
fi
exit "$status"
