"""StoSignSGD on GPU in one pass: EMA, maximum, Philox, sign, decay and rounding in registers, no temporaries.

One program advances a block of 32 noise tiles (4 rows of 32 lanes each, see rule.py) of one tensor; a table of pointers lets a
single launch serve every tensor of a group, so that many small ones are not launch-bound. Launch with
``enable_fp_fusion=False``: a fused multiply-add would change bits. Two-byte weights are loaded as integers and widened
by shifting, which is the same everywhere. ``maximum`` is stored only where a lane of the row raised it.

Importing this module needs Triton; gpu.py does so only for CUDA tensors.
"""
# mypy: ignore-errors

import triton
import triton.language as tl

ROW = tl.constexpr(32)  # rule.LANES
LANES = tl.constexpr(1024)  # of a block: 32 tiles side by side, each lane for four elements


@triton.jit
def _widen(bits16):
    return (bits16.to(tl.int32) << 16).to(tl.float32, bitcast=True)


@triton.jit
def _narrow(bits32):
    return (bits32 >> 16).to(tl.int16)


@triton.jit
def _philox(c0, c1, c2, c3, k0, k1):
    for _ in tl.static_range(10):
        high0, low0 = tl.umulhi(c0, 0xD2511F53), c0 * 0xD2511F53
        high1, low1 = tl.umulhi(c2, 0xCD9E8D57), c2 * 0xCD9E8D57
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 = k0 + 0x9E3779B9
        k1 = k1 + 0xBB67AE85
    return c0, c1, c2, c3


@triton.jit
def _e5m3(code, offset):
    return tl.where(code > 0, (code + offset) << 20, 0).to(tl.float32, bitcast=True)


@triton.jit
def _address(integer, at, dtype: tl.constexpr, ALIGNED: tl.constexpr):
    address = integer.to(tl.pointer_type(dtype)) + at
    if ALIGNED:
        address = tl.max_contiguous(tl.multiple_of(address, 16), 16)
    return address


@triton.jit
def _row(
    weight, grad, momentum, maximum, correction, at, mask, word, lr, decay, coupled, keep_momentum, take_grad, max_decay,
    idle_ratio, offset, WEIGHT: tl.constexpr, GRAD16: tl.constexpr, STATE: tl.constexpr, IDLE: tl.constexpr,
    FINITE: tl.constexpr, MAXIMIZE: tl.constexpr, COUPLED: tl.constexpr, DECAYING: tl.constexpr, RATIO: tl.constexpr,
    ALIGNED: tl.constexpr,
):  # fmt: skip
    if GRAD16:
        g = _widen(tl.load(_address(grad, at, tl.int16, ALIGNED), mask=mask, other=0))
    else:
        g = tl.load(_address(grad, at, tl.float32, ALIGNED), mask=mask, other=0.0)
    if WEIGHT == 0:
        theta_at = _address(weight, at, tl.float32, ALIGNED)
        theta = tl.load(theta_at, mask=mask, other=0.0)
    else:
        theta16_at = _address(weight, at, tl.int16, ALIGNED)
        theta = _widen(tl.load(theta16_at, mask=mask, other=0))
    if WEIGHT == 3:
        low_at = _address(correction, at, tl.int8, ALIGNED)
        low = tl.load(low_at, mask=mask, other=0).to(tl.int32)
        theta = (theta.to(tl.int32, bitcast=True) + (low << 8)).to(tl.float32, bitcast=True)
    if STATE == 0:
        m32_at = _address(momentum, at, tl.float32, ALIGNED)
        top32_at = _address(maximum, at, tl.float32, ALIGNED)
        m = tl.load(m32_at, mask=mask, other=0.0)
        old_top = tl.load(top32_at, mask=mask, other=0.0)
    elif STATE == 1:
        m16_at = _address(momentum, at, tl.int16, ALIGNED)
        top16_at = _address(maximum, at, tl.int16, ALIGNED)
        m = _widen(tl.load(m16_at, mask=mask, other=0))
        old_top = _widen(tl.load(top16_at, mask=mask, other=0))
    else:
        m8_at = _address(momentum, at, tl.int8, ALIGNED)
        top8_at = _address(maximum, at, tl.uint8, ALIGNED)
        old_top = _e5m3(tl.load(top8_at, mask=mask, other=0).to(tl.int32), offset)
        m = tl.load(m8_at, mask=mask, other=0).to(tl.float32) * 0.007874015718698502 * old_top

    live = mask
    if IDLE:
        live = live & (g != 0)
    if FINITE:
        live = live & ((g.to(tl.int32, bitcast=True) & 0x7F800000) != 0x7F800000)
    if MAXIMIZE:
        g = -g
    if COUPLED:
        g = g + theta * coupled

    m = m * keep_momentum + g * take_grad
    size = tl.abs(m)
    before = old_top
    if DECAYING:
        before = before * max_decay
    top = tl.where(before >= size, before, size)
    if STATE == 1:
        top = ((top.to(tl.int32, bitcast=True) + 0xFFFF) & -0x10000).to(tl.float32, bitcast=True)
    if STATE == 2:
        code = ((top.to(tl.int32, bitcast=True) + 0xFFFFF) >> 20) - offset
        code = tl.minimum(tl.maximum(code, 1), 255)
        code = tl.where(top > 0, code, 0)
        top = _e5m3(code, offset)

    noise = (((word >> 7) | 1).to(tl.int32) - 16777216).to(tl.float32) * 5.9604644775390625e-08
    threshold = -(top * noise)
    step = tl.where(m > threshold, lr, tl.where(m < threshold, -lr, 0.0))
    theta = theta - (theta * decay + step)
    moving = live
    if RATIO:
        moving = moving & (size >= top * idle_ratio)

    if WEIGHT == 0:
        tl.store(theta_at, theta, mask=moving)
    else:
        raw = theta.to(tl.int32, bitcast=True)
        if WEIGHT == 1:
            even = (raw >> 16) & 1
            tl.store(
                theta16_at, _narrow(tl.where(theta == theta, raw + 0x7FFF + even, 0x7FC00000)), mask=moving
            )
        if WEIGHT == 2:
            tl.store(theta16_at, _narrow(raw + (word & 0xFFFF).to(tl.int32)), mask=moving)
        if WEIGHT == 3:
            raw = (raw + ((word >> 8) & 0xFF).to(tl.int32)) & -0x100
            high = (raw + 0x8000) >> 16
            tl.store(theta16_at, high.to(tl.int16), mask=moving)
            tl.store(low_at, ((raw - (high << 16)) >> 8).to(tl.int8), mask=moving)

    bits16 = ((word >> 8) & 0xFFFF).to(tl.int32)
    raised = live & (top != old_top)
    if STATE == 0:
        tl.store(m32_at, m, mask=live)
        tl.store(top32_at, top, mask=raised)
    elif STATE == 1:
        tl.store(m16_at, _narrow(m.to(tl.int32, bitcast=True) + bits16), mask=live)
        tl.store(top16_at, _narrow(top.to(tl.int32, bitcast=True)), mask=raised)
    else:
        ratio = tl.where(top > 0, tl.div_rn(m, tl.where(top > 0, top, 1.0)), 0.0) * 127.0
        level = tl.floor(ratio + bits16.to(tl.float32) * 1.52587890625e-05)
        level = tl.minimum(tl.maximum(level, -127.0), 127.0)
        tl.store(m8_at, level.to(tl.int32).to(tl.int8), mask=live)
        tl.store(top8_at, code.to(tl.uint8), mask=raised)


@triton.jit(do_not_specialize=["tasks", "step", "seed_low", "seed_high", "lr", "decay"])
def advance(
    table, tasks, step, seed_low, seed_high, lr, decay, coupled, keep_momentum, take_grad, max_decay, idle_ratio, offset,
    WEIGHT: tl.constexpr, GRAD16: tl.constexpr, STATE: tl.constexpr, IDLE: tl.constexpr, FINITE: tl.constexpr,
    MAXIMIZE: tl.constexpr, COUPLED: tl.constexpr, DECAYING: tl.constexpr, RATIO: tl.constexpr, ON_DEVICE: tl.constexpr,
    ALIGNED: tl.constexpr, SEARCH: tl.constexpr,
):  # fmt: skip
    """One block. ``table`` is int64 [tasks, 9] (gpu.py says what its columns are); ON_DEVICE: ``step``, ``lr`` and ``decay`` are pointers to one element.

    ALIGNED promises that addresses, lengths and starts are multiples of 16, so that loads can be 16 bytes wide.
    """
    block = tl.program_id(0).to(tl.int64)
    # Binary search for the task whose first block is the last one not above this one.
    task = block * 0
    above = tasks.to(tl.int64)
    for _ in range(SEARCH):
        middle = (task + above) // 2
        right = tl.load(table + middle * 9 + 8) <= block
        task = tl.where(right & (middle > task), middle, task)
        above = tl.where(right, above, middle)
    row_of = table + task * 9
    weight = tl.load(row_of)
    grad = tl.load(row_of + 1)
    momentum = tl.load(row_of + 2)
    maximum = tl.load(row_of + 3)
    correction = tl.load(row_of + 4)
    length = tl.load(row_of + 5)
    start = tl.load(row_of + 6)
    parameter = tl.load(row_of + 7)
    own = start // (4 * LANES) + block - tl.load(row_of + 8)

    if ON_DEVICE:
        step_now = tl.load(step).to(tl.uint32)
        lr_now = tl.load(lr)
        decay_now = tl.load(decay)
    else:
        step_now = step.to(tl.uint32)
        lr_now = lr
        decay_now = decay

    lane = tl.arange(0, LANES)
    counter = (own * LANES + lane).to(tl.uint32)
    zero = counter * 0
    w0, w1, w2, w3 = _philox(
        counter,
        zero,
        zero + parameter.to(tl.uint32),
        zero + step_now,
        seed_low.to(tl.uint32),
        seed_high.to(tl.uint32),
    )
    # Local index of the block's first element; negative where a shard begins inside it
    base = own * (4 * LANES) - start
    if ALIGNED:
        base = tl.multiple_of(base, 16)
        length = tl.multiple_of(length, 16)
    for row in tl.static_range(4):
        if row == 0:
            word = w0
        elif row == 1:
            word = w1
        elif row == 2:
            word = w2
        else:
            word = w3
        at = base + lane // ROW * (4 * ROW) + row * ROW + lane % ROW
        _row(
            weight, grad, momentum, maximum, correction, at, (at >= 0) & (at < length), word, lr_now, decay_now, coupled,
            keep_momentum, take_grad, max_decay, idle_ratio, offset, WEIGHT, GRAD16, STATE, IDLE, FINITE, MAXIMIZE,
            COUPLED, DECAYING, RATIO, ALIGNED,
        )  # fmt: skip
