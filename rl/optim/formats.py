"""Which storage formats a group uses, allocating them, and warning where rounding would swallow the steps."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from rl.optim import states as codes
from rl.optim.rule import MAX_ELEMENTS, NoiseKey, words
from rl.optim.settings import OptimizerError, check_gradient
from rl.optim.states import (
    MAXIMUM,
    MOMENTUM,
    BFloat16State,
    CorrectedWeight,
    EightBitState,
    FullState,
    NearestWeight,
    StateFormat,
    StochasticWeight,
    WeightFormat,
    compute_dtype,
)

_SAMPLE = 4096
CORRECTION = "correction"


def allocate(states: Any, group: dict[str, Any], work: list[Work]) -> None:
    """Create the state of parameters that have none yet: zero momentum, maximum at ``first_max`` or just above.

    Full state follows weights that were cast since (``model.double()``) to their arithmetic dtype.
    """
    for w in work:
        state, wanted = states[w.param], compute_dtype(w.param.dtype)
        if not state:
            states[w.param] = _fresh(group, w.param)
        elif state[MAXIMUM].dtype in (torch.float32, torch.float64) and state[MAXIMUM].dtype != wanted:
            state.update({name: state[name].to(wanted) for name in (MOMENTUM, MAXIMUM)})


def refuse_changed(states: Any, group: dict[str, Any], work: list[Work]) -> None:
    """Raise OptimizerError for a parameter that was resized, or cast to a dtype that the group's formats do not take, since its
    state was made: the kernels would go past the end of it, or read other bits than it holds."""
    for w in work:
        check_formats(group, w.param)
        state = states.get(w.param)
        if state and state[MAXIMUM].shape != w.param.shape:
            raise OptimizerError(
                f"parameter #{w.key.parameter} has shape {tuple(w.param.shape)}, its state {tuple(state[MAXIMUM].shape)}: it was "
                "resized after a step; build the optimizer anew"
            )


def _fresh(group: dict[str, Any], p: Tensor) -> dict[str, Tensor]:
    momentum, maximum = _dtypes(group, p.dtype)

    def zeros(dtype: torch.dtype) -> Tensor:
        # zeros_like keeps the sharding of a DTensor, so that distributed checkpoints can save it
        return torch.zeros_like(p, dtype=dtype, memory_format=torch.contiguous_format)

    state = {MOMENTUM: zeros(momentum), MAXIMUM: zeros(maximum)}
    if rounding_of(group, p.dtype) == "correction":
        state[CORRECTION] = zeros(torch.int8)
    if group["first_max"]:
        first = torch.tensor([group["first_max"]], dtype=compute_dtype(p.dtype))
        if maximum == torch.uint8:
            first = codes.e5m3_encode_up(first, exponent_of(group))
        elif maximum == torch.bfloat16:
            first = codes.bf16_round_up(first)
        state[MAXIMUM].fill_(first.item())
    return state


def _dtypes(group: dict[str, Any], dtype: torch.dtype) -> tuple[torch.dtype, torch.dtype]:
    """Storage of momentum and maximum."""
    chosen = group["state_dtype"]
    if chosen == "auto":
        return compute_dtype(dtype), compute_dtype(dtype)
    return (torch.bfloat16, torch.bfloat16) if chosen == "bfloat16" else (torch.int8, torch.uint8)


def exponent_of(group: dict[str, Any]) -> int:
    """Exponent of the group's 8-bit maxima: the fixed one, else the one that follows the gradients (survey.py), else 4."""
    if group["max_exponent"] is not None:
        return int(group["max_exponent"])
    return 4 if group["exponent"] is None else int(group["exponent"])


def check_formats(group: dict[str, Any], p: Tensor) -> None:
    """Raise OptimizerError on a format that this parameter cannot take."""
    if p.dtype == torch.float64 and group["state_dtype"] != "auto":
        raise OptimizerError("float64 weights keep float64 state: leave state_dtype at 'auto'")
    if group["weight_rounding"] in ("stochastic", "correction") and p.dtype != torch.bfloat16:
        raise OptimizerError(
            f"weight_rounding={group['weight_rounding']!r} is for bfloat16 weights, not {p.dtype}"
        )


def state_format(group: dict[str, Any], tensors: dict[str, Tensor]) -> StateFormat:
    """A view of flat state tensors through their format."""
    momentum, maximum = tensors[MOMENTUM], tensors[MAXIMUM]
    if maximum.dtype == torch.uint8:
        return EightBitState(momentum, maximum, exponent_of(group))
    if maximum.dtype == torch.bfloat16:
        return BFloat16State(momentum, maximum)
    return FullState(momentum, maximum)


def weight_format(group: dict[str, Any], weight: Tensor, tensors: dict[str, Tensor]) -> WeightFormat:
    """A view of a flat weight through the group's rounding."""
    rounding = rounding_of(group, weight.dtype)
    if rounding == "correction":
        return CorrectedWeight(weight, tensors[CORRECTION])
    return StochasticWeight(weight) if rounding == "stochastic" else NearestWeight(weight)


def rounding_of(group: dict[str, Any], dtype: torch.dtype) -> str:
    """The weight rounding in force: ``auto`` is stochastic for bf16 and nearest for every other dtype."""
    chosen = str(group["weight_rounding"])
    return ("stochastic" if dtype == torch.bfloat16 else "nearest") if chosen == "auto" else chosen


def warn_if_steps_vanish(nearest: Iterable[tuple[float, Tensor]], remedy: str, stacklevel: int) -> bool:
    """Warn where most weights would not move: learning rates under half a unit in the last place.

    Args:
        nearest: Learning rate and weights of each parameter that is rounded to nearest.
        remedy: What to use instead, besides float32 weights and a larger lr.
        stacklevel: Of the warning, counted from here.

    Returns:
        Whether there was something to warn of.
    """
    lost = seen = 0
    for lr, weight in nearest:
        if weight.itemsize == 2 and lr:  # a warm-up begins at 0
            sample = weight.flatten()[:_SAMPLE]
            lost += int((sample + lr == sample).sum())
            seen += sample.numel()
    if lost * 2 > seen:
        warnings.warn(
            f"{100 * lost // seen} % of the low-precision weights cannot move: lr is under half a unit in the last "
            f"place. Use {remedy}, fp32 weights, or a larger lr.",
            stacklevel=stacklevel,
        )
        return True
    return False


def watch_steps(
    optimizer: Optimizer, dtypes: tuple[torch.dtype, ...] = (torch.bfloat16, torch.float16)
) -> None:
    """Have an optimizer that rounds weights of these dtypes to nearest warn at its first step, if its lr is lost in them.

    Under a schedule the lr that it starts from counts, which a warm-up reaches later.
    """

    looked = False

    # Hooks cannot remove themselves: torch goes through them while they run. One that holds the optimizer would keep its state
    # in memory until the next collection of cycles.
    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def look(stepping: Optimizer, *_: Any) -> None:
        nonlocal looked
        if looked:
            return
        nearest = [
            (max(float(group["lr"]), float(group.get("initial_lr", 0.0))), local_tensor(p))
            for group in stepping.param_groups
            for p in group["params"]
            if p.grad is not None and p.dtype in dtypes
        ]
        if nearest and not any(lr for lr, _ in nearest):
            return  # a warm-up by hand
        looked = True
        warn_if_steps_vanish(nearest, "StoSignSGD or signed(…), which round stochastically", 5)

    optimizer.register_step_pre_hook(look)


# -- Checkpoints --


def check_checkpoint(
    optimizer: Optimizer, state_dict: dict[str, Any], kind: str, needed: Iterable[str]
) -> list[tuple[Any, Tensor, dict[str, Any]]]:
    """Raise OptimizerError where a checkpoint is none of this kind of optimizer, or has other groups of parameters.

    Args:
        optimizer: What is to load it.
        state_dict: The checkpoint.
        kind: The optimizer's name, for the message.
        needed: Settings that each group of the checkpoint must hold.

    Returns:
        For each parameter its name in the checkpoint, itself and its saved state, empty where it has none.
    """
    try:
        groups, states = state_dict["param_groups"], state_dict["state"]
    except (KeyError, TypeError):
        raise OptimizerError("not an optimizer checkpoint: it lacks 'param_groups' or 'state'") from None
    own = [len(g["params"]) for g in optimizer.param_groups]
    saved = [len(g["params"]) for g in groups]
    if own != saved:
        raise OptimizerError(
            f"parameter groups changed: the checkpoint has sizes {saved}, this optimizer {own}"
        )
    for number, group in enumerate(groups):
        if lacking := sorted(set(needed) - group.keys()):
            raise OptimizerError(
                f"group {number} of the checkpoint lacks {', '.join(lacking)}: not a {kind} checkpoint"
            )
    return [(key, p, states.get(key) or {}) for key, p in saved_pairs(optimizer, state_dict)]


def saved_pairs(optimizer: Optimizer, state_dict: dict[str, Any]) -> list[tuple[Any, Tensor]]:
    """The name that a checkpoint with groups of the same sizes gives each parameter (a number, or torch's
    distributed checkpoint the name in the model), beside the parameter."""
    keys = [key for g in state_dict["param_groups"] for key in g["params"]]
    params = [p for g in optimizer.param_groups for p in g["params"]]
    return list(zip(keys, params, strict=True))


# -- What the kernels on CPU and GPU take, and the numbers by which they know a format. --

_KERNEL_WEIGHTS = {"nearest": 1, "stochastic": 2, "correction": 3}  # bf16; fp32 is 0
_KERNEL_STATES = {torch.float32: 0, torch.bfloat16: 1, torch.uint8: 2}  # by the dtype of the maximum


def fits_kernel(work: Work, state: dict[str, Any], device: str) -> bool:
    """Whether a kernel on ``device`` could take this parameter: all tensors there, contiguous, weights and gradients fp32 or bf16."""
    tensors = [work.weight, work.grad, *(local_tensor(t) for t in state.values())]
    return (
        all(t.device.type == device and t.is_contiguous() for t in tensors)
        and work.weight.dtype in (torch.float32, torch.bfloat16)
        and work.grad.dtype in (torch.float32, torch.bfloat16)
        and local_tensor(state[MAXIMUM]).dtype in _KERNEL_STATES
    )


def kernel_formats(work: Work, group: dict[str, Any], state: dict[str, Any]) -> tuple[int, bool, int]:
    """A kernel's numbers for the weights' rounding and the state, and between them whether gradients are bf16."""
    bf16 = work.weight.dtype == torch.bfloat16
    weight = _KERNEL_WEIGHTS[rounding_of(group, torch.bfloat16)] if bf16 else 0
    return weight, work.grad.dtype == torch.bfloat16, _KERNEL_STATES[local_tensor(state[MAXIMUM]).dtype]


# -- Where a local tensor lies inside its global one, so that shards draw their own part of the global noise. --


@dataclass(frozen=True, slots=True)
class Segment:
    """``length`` local elements from ``local`` on are the global elements from ``start`` on (row-major order)."""

    local: int
    start: int
    length: int


def local_tensor(t: Tensor) -> Tensor:
    """The plain tensor that this process holds: the local shard of a DTensor, else the tensor itself."""
    to_local = getattr(t, "to_local", None)
    return t if to_local is None else to_local()


def is_sharded(t: Tensor) -> bool:
    """Whether this is a DTensor (FSDP2, tensor parallel)."""
    return hasattr(t, "to_local")


def segments(p: Tensor) -> list[Segment]:
    """The runs of consecutive global indices that this process holds; one run unless sharded behind dimension 0."""
    if not is_sharded(p):
        return [Segment(0, 0, p.numel())]
    from torch.distributed.tensor._utils import compute_local_shape_and_global_offset

    mesh, placements = p.device_mesh, p.placements  # type: ignore[attr-defined]
    shape, offset = compute_local_shape_and_global_offset(p.shape, mesh, placements)
    return box_segments(tuple(p.shape), tuple(shape), tuple(offset))


def box_segments(whole: tuple[int, ...], box: tuple[int, ...], offset: tuple[int, ...]) -> list[Segment]:
    """The runs of a box inside a row-major tensor. Trailing dimensions that the box fills merge into one run."""
    if math.prod(box) == 0:
        return []
    inner = len(whole)
    while inner > 0 and box[inner - 1] == whole[inner - 1]:
        inner -= 1
    if inner > 0:
        # The innermost cut dimension is itself contiguous inside one index of the dimensions before it
        inner -= 1
    length = math.prod(box[inner:])
    strides = [math.prod(whole[d + 1 :]) for d in range(len(whole))]
    base = sum(o * s for o, s in zip(offset, strides, strict=True))
    runs = []
    for index in range(math.prod(box[:inner])):
        start, rest = base, index
        for d in reversed(range(inner)):
            start += (rest % box[d]) * strides[d]
            rest //= box[d]
        runs.append(Segment(index * length, start, length))
    return runs


# -- One parameter's share of a step: its local tensors, its noise key and the global indices it covers. --


@dataclass(frozen=True, slots=True)
class Work:
    """``param`` keys the state; ``weight`` and ``grad`` are plain local tensors of equal shape."""

    param: Tensor
    weight: Tensor
    grad: Tensor
    key: NoiseKey
    segments: tuple[Segment, ...]

    @classmethod
    def of(cls, p: Tensor, key: NoiseKey) -> Work:
        """Read off a parameter that has a gradient."""
        if p.numel() > MAX_ELEMENTS:
            raise OptimizerError(f"a parameter of {p.numel()} elements is beyond the noise counter; split it")
        assert p.grad is not None
        return cls(p, local_tensor(p), local_tensor(p.grad), key, tuple(segments(p)))

    def words(self) -> Tensor:
        """The noise of the elements that this process holds, in their shape."""
        runs = [words(s.start, s.length, self.key, self.weight.device) for s in self.segments]
        # An empty shard has no runs
        flat = torch.cat(runs) if runs else torch.zeros(0, dtype=torch.int64, device=self.weight.device)
        return flat.view(self.weight.shape)


def with_gradients(
    groups: Iterable[dict[str, Any]],
) -> Iterator[tuple[dict[str, Any], list[tuple[int, Tensor]]]]:
    """Each group with those of its parameters that have a gradient, by their position among all parameters.

    Raises:
        OptimizerError: a gradient is sparse, complex, or of another shape or device than its parameter; none has one (raised after
            the last group).
    """
    first, found = 0, False
    for group in groups:
        held = [(position, p) for position, p in enumerate(group["params"], first) if p.grad is not None]
        for _, p in held:
            check_gradient(p, p.grad)
        yield group, held
        first, found = first + len(group["params"]), found or bool(held)
    if not found:
        raise OptimizerError(
            "no parameter of this optimizer has a gradient: it may hold other tensors than the model trains "
            "(an optimizer built before PEFT wrapped the model does), or backward was not called"
        )
