"""Runs a function in several gloo processes and collects what each returns."""

import gc
import multiprocessing
import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

# Each process is a fork of one that has imported these and done nothing else: as clean as a new one, five seconds sooner. What it
# finds in the environment is what the first of them found.
multiprocessing.set_forkserver_preload(["pytest", "transformers", "trl", "peft", "rl.trainer.sharded"])


def _main(rank, world, function, folder, arguments):
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=world)
    try:
        torch.save(function(*arguments), f"{folder}/out{rank}.pt")
    finally:
        # DDP models hold the group in cycles; collected now, it joins its threads before the interpreter ends, whose end
        # a thread that lets go of a tensor does not survive (one abort in hundreds of runs on a loaded machine).
        gc.collect()
        dist.destroy_process_group()


def run(function, world, folder, *arguments):
    """Results of ``function(*arguments)`` on each of ``world`` ranks; an exception in any of them is raised here."""
    mp.start_processes(_main, (world, function, str(folder), arguments), world, start_method="forkserver")
    return [torch.load(f"{folder}/out{rank}.pt") for rank in range(world)]
