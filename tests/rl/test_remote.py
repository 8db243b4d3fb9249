"""Joining a cluster that is not there."""

from __future__ import annotations

import socket

import pytest

from physprover.config import parse_config
from physprover.errors import RunError
from rl.remote import cluster


def test_an_unreachable_cluster_is_one_line() -> None:
    with socket.socket() as free:  # bound, but nobody listens
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        config = parse_config({"cluster": {"address": address}})
        with pytest.raises(RunError, match=f"no Ray cluster at cluster.address {address}"), cluster(config):
            pass
