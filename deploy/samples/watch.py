#!/usr/bin/env python3
"""Prints every change of a Flux world as it is pushed. Python 3.8 or later, nothing to install.

    python3 deploy/samples/watch.py                     all changes
    python3 deploy/samples/watch.py home/lamp 'plant/*' one entity, and a whole namespace
    python3 deploy/samples/watch.py --from snapshot 'plant/*'
                                                        the state first, and then every change; --where and --from select flux.v2
    python3 deploy/samples/watch.py --replay 10 'plant/*'
                                                        the past, ten times as fast

docs/subscriptions.md shows what they do.

FLUX_URL says where the server is (default http://localhost:3000).
"""

import argparse
import base64
import json
import os
import socket
import struct
import sys
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Ended(Exception):
    """The connection is over; the text says why."""


class WebSocket:
    """As much of RFC 6455 as a reader of Flux needs."""

    def __init__(self, url, timeout, protocol):
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise Ended(f"FLUX_URL must look like http://host:3000, and is {url}")
        address = (parts.hostname, parts.port or 80)
        self.socket = socket.create_connection(address, timeout=timeout)
        self.input = self.socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /api/ws HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"{protocol}\r\n".encode()
        )
        status = self.input.readline().decode("latin-1").strip()
        if " 101 " not in status + " ":
            raise Ended(f"the server does not open a WebSocket: {status or 'no answer'}")
        while self.input.readline() not in (b"\r\n", b""):
            pass

    def send(self, opcode, payload):
        """Sends one frame. A client has to mask what it sends."""
        mask = os.urandom(4)
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
        elif length < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def receive(self):
        """Waits for one frame; Flux sends each message as one."""
        first, second = self._read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._read(8))
        return first & 0x0F, self._read(length)

    def _read(self, count):
        data = self.input.read(count)
        if len(data) < count:
            raise Ended("the server has closed the connection")
        return data


def newer_subscription(options):
    """What a socket that speaks flux.v2 asks for: docs/protocol.md."""
    subscription = {"type": "subscribe", "sub": "watch", "from": options.start, "progress": options.progress}
    if options.start.isdigit():
        subscription["from"] = int(options.start)
    if options.replay is not None:
        subscription.update(type="replay", speed="max" if options.replay == "max" else float(options.replay))
        if options.end is not None:
            subscription["to"] = options.end
        if options.max_idle is not None:
            subscription["max_idle"] = options.max_idle
    if options.where is not None:
        subscription["where"] = options.where
    if options.prefix or options.pattern:
        subscription.update(entity=options.pattern or None, prefix=options.prefix or None)
    else:
        subscription["entity"] = "*"
    return subscription


def watch(options):
    is_newer = options.start is not None or options.where is not None or options.prefix or options.progress or options.replay
    url = os.environ.get("FLUX_URL", "http://localhost:3000")
    web_socket = WebSocket(url, options.timeout, "Sec-WebSocket-Protocol: flux.v2\r\n" if is_newer else "")
    if is_newer:
        options.start = options.start or ("start" if options.replay else "now")
        web_socket.send(TEXT, json.dumps(newer_subscription(options)).encode())
    else:
        for pattern in options.pattern:
            web_socket.send(TEXT, json.dumps({"type": "subscribe", "entity_id": pattern}).encode())

    # Messages are obeyed in order, so the answer to a ping says that the subscriptions before it are in force.
    web_socket.send(PING, b"subscribed")
    shown = 0
    while options.count is None or shown < options.count:
        opcode, payload = web_socket.receive()
        if opcode == PING:
            web_socket.send(PONG, payload)
        elif opcode == PONG:
            print("watching", file=sys.stderr, flush=True)
        elif opcode == CLOSE:
            raise Ended(f"the server has closed: {payload[2:].decode() or 'it is going away'}")
        elif options.metrics or not payload.startswith(b'{"type":"metrics_update"'):
            print(payload.decode(), flush=True)
            shown += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pattern", nargs="*", help="an entity id, or a namespace as in 'plant/*'; without one, everything")
    parser.add_argument("--from", dest="start", metavar="PLACE", help="now, snapshot, a cursor, or a position to begin after; of a replay a time too, or start (flux.v2)")
    parser.add_argument("--replay", metavar="SPEED", help="the past again: 1 as it was, 10 ten times as fast, or max (flux.v2)")
    parser.add_argument("--to", dest="end", metavar="PLACE", help="where a replay ends: a time, a cursor, a position, or live")
    parser.add_argument("--max-idle", type=float, metavar="SECONDS", help="cuts longer silences of a replay to this")
    parser.add_argument("--where", metavar="PREDICATE", help="only changes for which this is true (flux.v2)")
    parser.add_argument("--prefix", action="append", default=[], help="all ids that start with this; may be given several times (flux.v2)")
    parser.add_argument("--progress", action="store_true", help="hear once a second that nothing was missed (flux.v2)")
    parser.add_argument("--count", type=int, metavar="N", help="stop after N messages")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="give up after a silence this long")
    parser.add_argument("--metrics", action="store_true", help="show the counts that come every two seconds as well")
    try:
        watch(parser.parse_args())
    except KeyboardInterrupt:
        return 130
    except socket.timeout:
        print("watch: nothing came in time", file=sys.stderr)
        return 1
    except (Ended, OSError) as error:
        print(f"watch: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
