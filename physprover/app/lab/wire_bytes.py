"""Measures the one-bit exchange between real gloo processes on this machine: bytes at the sockets, equal replicas."""

from __future__ import annotations

import itertools
import os
import tempfile
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch.multiprocessing.spawn import spawn

from rl.distributed.sign_exchange import SignExchange
from rl.distributed.wire import sent_bytes


@dataclass(frozen=True, slots=True)
class WireReport:
    """Bytes that all ranks together sent for one average of one gradient; None where the system does not tell."""

    dense: int | None
    signs: int | None
    identical: bool  # the one-bit average, bit for bit, on every rank


def measure(world: int = 4, elements: int = 2_000_000) -> WireReport:
    """Start ``world`` processes, average one fp32 gradient both ways, and read their sockets before and after."""
    with tempfile.TemporaryDirectory() as folder:
        spawn(_rank, (world, elements, folder), nprocs=world)  # type: ignore[no-untyped-call]
        parts = [torch.load(f"{folder}/{rank}.pt") for rank in range(world)]

    def total(column: int) -> int | None:
        values = [part[column] for part in parts]
        return None if None in values else int(sum(values))

    return WireReport(total(0), total(1), all(torch.equal(parts[0][2], part[2]) for part in parts))


def _rank(rank: int, world: int, elements: int, folder: str) -> None:
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=world)
    g = torch.randn(elements, generator=torch.Generator().manual_seed(rank))
    exchange = SignExchange()
    answer = exchange.average(g)
    dist.all_reduce(g.clone())
    counts = [sent_bytes()]
    dist.all_reduce(g.clone())
    counts.append(sent_bytes())
    exchange.average(g)
    counts.append(sent_bytes())
    dist.barrier()
    steps = [None if a is None or b is None else b - a for a, b in itertools.pairwise(counts)]
    torch.save((*steps, answer), f"{folder}/{rank}.pt")
    dist.destroy_process_group()
