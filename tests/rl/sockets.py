"""How many bytes this process really sent: asked of the kernel, one TCP connection at a time.

A formula says what an exchange should cost; the sockets say what it did cost, headers of the collective library included. Works for
gloo (TCP), on Linux. NCCL does not use sockets of this process.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
from pathlib import Path

_TCP_INFO_BYTES = 232
_BYTES_SENT = 200  # offset of tcpi_bytes_sent in struct tcp_info, Linux >= 4.19; retransmissions included


def sent_bytes() -> int | None:
    """Bytes sent so far on all TCP connections of this process that are open now, or None where unknowable.

    Take differences between two calls with the process group alive in between.
    """
    total, seen = 0, False
    folder = Path("/proc/self/fd")
    if not folder.exists():
        return None
    for entry in list(folder.iterdir()):
        sent = _sent(int(entry.name))
        if sent is not None:
            total, seen = total + sent, True
    return total if seen else None


def _sent(descriptor: int) -> int | None:
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        connection = socket.socket(fileno=os.dup(descriptor))
    except OSError:
        return None  # closed since it was listed
    with connection:
        if connection.type != socket.SOCK_STREAM or connection.family not in (
            socket.AF_INET,
            socket.AF_INET6,
        ):
            return None
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    return int(struct.unpack_from("Q", info, _BYTES_SENT)[0]) if len(info) >= _BYTES_SENT + 8 else None
