"""The suite's TCP proxy: passes, holds, and cuts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.faults.proxy import Mode, Proxy
from tests.system.kafka import free_ports

NOTHING_SECONDS = 0.5


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that sends back what it gets; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                while data := connection.recv(100):
                    connection.sendall(data)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=[server.accept()[0]], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture
def client(echo: int) -> Iterator[tuple[Proxy, socket.socket]]:
    port = free_ports()
    proxy = Proxy(port, echo)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"before")
            assert connection.recv(100) == b"before"
            yield proxy, connection
    finally:
        proxy.close()


@pytest.mark.parametrize("mode", [Mode.PASS, Mode.SLOW])
def test_it_passes_bytes_on(client: tuple[Proxy, socket.socket], mode: Mode) -> None:
    proxy, connection = client
    proxy.become(mode)
    connection.sendall(b"now")
    assert connection.recv(100) == b"now"


def test_each_host_leads_to_the_same_port_of_that_host() -> None:
    hosts = ("127.0.0.1", "127.0.0.2")
    first = free_ports(2)
    servers = [socket.create_server((host, first)) for host in hosts]
    proxy = Proxy(first + 1, first, hosts=hosts)
    try:
        for host, server in zip(hosts, servers, strict=True):
            with socket.create_connection((host, first + 1), timeout=10) as connection:
                connection.sendall(host.encode())
                server.settimeout(10)
                assert server.accept()[0].recv(100) == host.encode()
    finally:
        proxy.close()
        for server in servers:
            server.close()


def test_a_hole_keeps_the_connection_and_what_was_sent_until_it_passes_again(
    client: tuple[Proxy, socket.socket],
) -> None:
    proxy, connection = client
    proxy.become(Mode.HOLE)
    connection.sendall(b"later")
    connection.settimeout(NOTHING_SECONDS)
    with pytest.raises(TimeoutError):
        connection.recv(100)
    proxy.become(Mode.PASS)
    connection.settimeout(10)
    assert connection.recv(100) == b"later"


def test_a_cut_ends_connections_and_refuses_new_ones(client: tuple[Proxy, socket.socket]) -> None:
    proxy, connection = client
    proxy.become(Mode.CUT)
    with suppress(ConnectionError):
        assert connection.recv(100) == b""
    with socket.create_connection(connection.getpeername(), timeout=10) as another, suppress(ConnectionError):
        assert another.recv(100) == b""
