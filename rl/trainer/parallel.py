"""The trainer as several processes: Ray actors in one torch process group, driven like the trainer that is alone.

Every rank holds a copy of the model. The driver shards each batch, adds up what the ranks report, and compares their
weights' checksums, which must stay equal to the bit. Weights and checkpoints are those of rank 0; each rank writes the
state of its own exchange. The run's folder, the warm start among it, must be visible to all ranks.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor

from physprover.config import RunConfig
from physprover.errors import PhysProverError, RunError
from physprover.runs import share_cores
from rl.cluster import ON, one_line, ray
from rl.groups import Sample
from rl.trainer.batches import Whole, shard

if TYPE_CHECKING:
    from rl.trainer.grpo import UpdateStats

_PLACE_SECONDS = 60.0  # for Ray to find room for all ranks
_LOSS_SECONDS = 3.0  # for Ray to notice that a process is gone
# A rank's share of each; together the whole batch's
_SUMS = ("loss", "kl", "ratio_mean", "entropy", "clipped", "tokens", "flops")


@dataclass(frozen=True, slots=True)
class Report:
    """What one rank did in one update."""

    stats: UpdateStats
    checksum: int  # of its weights afterwards


class RankActor:
    """One rank in its own process (wrapped by `ray.remote` below)."""

    def __init__(self, rank: int, config: RunConfig) -> None:
        self._rank, self._config = rank, config
        if threading.current_thread() is threading.main_thread():
            # Ctrl-C reaches every process of the terminal; the driver decides when the ranks end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def host(self) -> tuple[str, str]:
        """Node id and address of the machine this rank is on."""
        return ray.get_runtime_context().get_node_id(), ray.util.get_node_ip_address()

    def meet(self, host: str) -> int:
        """Rank 0 opens the place where the others find each other; its port."""
        from torch.distributed import TCPStore  # type: ignore[attr-defined]

        self._store = TCPStore(host, 0, is_master=True, wait_for_workers=False)
        return int(self._store.port)

    def open(
        self, host: str, port: int, one_machine: bool, output: Path, start: str, latest: Path | None
    ) -> int:
        """Join the process group and open the trainer; the checksum of its weights."""
        self._join(host, port, one_machine)
        from rl.trainer.build import open_rank

        self._trainer = open_rank(self._config, output, start, latest)
        return self._trainer.checksum()

    def update(self, part: Sequence[Sample], whole: Whole) -> Report:
        stats = self._trainer.update_part(part, whole)
        return Report(stats, self._trainer.checksum())

    def handover(self) -> dict[str, Tensor]:
        """Of the whole model, on the CPU."""
        return {name: tensor.cpu() for name, tensor in self._trainer.handover().items()}

    def write(self, folder: Path) -> None:
        """This rank's part of a checkpoint."""
        self._trainer.write(folder)

    def _join(self, host: str, port: int, one_machine: bool) -> None:
        import torch.distributed as dist
        from torch.distributed import TCPStore  # type: ignore[attr-defined]

        world = self._config.cluster.trainer_processes
        on_gpu = self._config.cluster.trainer_gpus > 0
        # What torchrun would set, and accelerate reads. Ray shows each rank its own GPU only, so all are local rank 0.
        os.environ |= {
            "RANK": str(self._rank),
            "WORLD_SIZE": str(world),
            "LOCAL_RANK": "0" if on_gpu else str(self._rank),
            "LOCAL_WORLD_SIZE": "1" if on_gpu else str(world),
            "MASTER_ADDR": host,
            "MASTER_PORT": str(port),
        }
        if one_machine:
            os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
        if not on_gpu:
            share_cores(world)
        store = self._store if self._rank == 0 else TCPStore(host, port, is_master=False)
        dist.init_process_group("nccl" if on_gpu else "gloo", store=store, rank=self._rank, world_size=world)


class ParallelTrainer:
    """What the loop asks of a trainer (`update`, `handover`, `write`), done by `cluster.trainer_processes` ranks."""

    def __init__(
        self, config: RunConfig, output: Path, start: str, latest: Path | None, actor: type = RankActor
    ) -> None:
        """Raises RunError when the ranks find no room, or when `latest` does not fit."""
        count = config.cluster.trainer_processes
        self._sharded = config.cluster.trainer_sharding == "fsdp2"
        self._place = _place(count, on_gpu=config.cluster.trainer_gpus > 0)
        self._ranks: list[Any] = []
        try:
            for rank in range(count):
                self._ranks.append(self._start(rank, config, actor))
            hosts = self._all(lambda rank, _: rank.host.remote())
            (node, address) = hosts[0]
            alone = all(other == node for other, _ in hosts)
            port = self._ask(self._ranks[0].meet.remote(address))
            checkpoint = latest.resolve() if latest is not None else None
            told = (address, port, alone, output.resolve(), start, checkpoint)
            self._equal(self._all(lambda rank, _: rank.open.remote(*told)))
        except BaseException:
            self.close()
            raise

    def update(self, samples: Sequence[Sample]) -> UpdateStats:
        """Learn from one batch of attempts, dealt to the ranks by groups. No samples, no change.

        Raises RunError when a rank is lost or the copies of the weights are not equal any more.
        """
        from rl.trainer.grpo import UpdateStats

        if not samples:
            return UpdateStats()
        whole, parts = Whole.of(samples), shard(samples, len(self._ranks))
        reports = self._all(lambda rank, number: rank.update.remote(parts[number], whole))
        self._equal([report.checksum for report in reports])
        stats = [report.stats for report in reports]
        if len({(each.moved, each.grad_norm) for each in stats}) > 1:
            raise _drifted()
        sums = {name: sum(getattr(each, name) for each in stats) for name in _SUMS}
        together: UpdateStats = replace(stats[0], **sums, seconds=max(each.seconds for each in stats))
        return together

    def student(self) -> tuple[Any, Any]:
        """Raises RunError: the model is in other processes."""
        raise RunError("rl.expert needs the trainer in one process (cluster.trainer_processes = 1)")

    def handover(self) -> dict[str, Tensor]:
        """What the samplers take, on the CPU."""
        if self._sharded:  # every rank takes part in gathering, the first one has the result
            weights: dict[str, Tensor] = self._all(lambda rank, _: rank.handover.remote())[0]
        else:
            weights = self._ask(self._ranks[0].handover.remote())
        return weights

    def write(self, folder: Path) -> None:
        """Everything `open_rank` reads, and a model directory that any other tool can load."""
        self._all(lambda rank, _: rank.write.remote(folder.resolve()))

    def close(self) -> None:
        """End the ranks and give their place back."""
        for rank in self._ranks:
            ray.kill(rank)
        self._ranks = []
        ray.util.remove_placement_group(self._place)

    def _start(self, rank: int, config: RunConfig, actor: type) -> Any:
        strategy = ray.util.scheduling_strategies.PlacementGroupSchedulingStrategy(
            self._place, placement_group_bundle_index=rank
        )
        return (
            ray.remote(actor)
            .options(num_cpus=1, num_gpus=int(config.cluster.trainer_gpus > 0), scheduling_strategy=strategy)
            .remote(rank, config)
        )

    def _all(self, call: Callable[[Any, int], Any]) -> list[Any]:
        """The answers of all ranks to `call(rank, number)`; the first failure ends the waiting.

        A rank that is lost leaves the others waiting for it in a collective, so they are not waited for.
        """
        asked = [call(rank, number) for number, rank in enumerate(self._ranks)]
        waiting = list(asked)
        while waiting:
            ready, waiting = ray.wait(waiting, num_returns=1)
            try:
                ray.get(ready[0])
            except ray.exceptions.RayError as error:
                failed, cause = _cause(ready[0], error, waiting)
                what = f"trainer process {asked.index(failed)} of {len(asked)}"
                raise one_line(cause, what) from None
        answers: list[Any] = ray.get(asked)
        return answers

    def _ask(self, reference: Any) -> Any:
        try:
            return ray.get(reference)
        except ray.exceptions.RayError as error:
            raise one_line(error, "a trainer process") from None

    def _equal(self, checksums: Sequence[int]) -> None:
        if len(set(checksums)) > 1:
            raise _drifted()


def _cause(failed: Any, error: Exception, waiting: list[Any]) -> tuple[Any, Exception]:
    """What failed first, or the loss of a rank if one is reported soon: the others then fail because their peer is gone."""
    if not waiting or isinstance(getattr(error, "cause", None), PhysProverError):
        return failed, error
    for reference in ray.wait(waiting, num_returns=len(waiting), timeout=_LOSS_SECONDS)[0]:
        try:
            ray.get(reference)
        except ray.exceptions.RayActorError as loss:
            return reference, loss
        except ray.exceptions.RayError:
            continue
    return failed, error


def _drifted() -> RunError:
    return RunError(f"the trainer processes do not hold the same weights any more; {ON}")


def _place(count: int, on_gpu: bool) -> Any:
    """Room for all ranks, on as few machines as possible."""
    bundle = {"CPU": 1, "GPU": 1} if on_gpu else {"CPU": 1}
    place = ray.util.placement_group([bundle] * count, strategy="PACK")
    if not place.wait(_PLACE_SECONDS):
        ray.util.remove_placement_group(place)
        what = "a free GPU and CPU" if on_gpu else "a free CPU"
        raise RunError(f"no room for {count} trainer processes with {what} each (cluster.trainer_processes)")
    return place
