#!/usr/bin/env python3
"""Publishes what this machine is doing: CPU, memory, disk and network, once a second. Linux, Python 3.8 or later, nothing to install.

    python3 deploy/samples/publish_host.py            until Ctrl+C
    python3 deploy/samples/publish_host.py --once     one reading

The entities are host/<name>/cpu, host/<name>/memory, host/<name>/disk and host/<name>/network. FLUX_URL says where the server is
(default http://localhost:3000).
"""

import argparse
import json
import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
import uuid

SECTOR_BYTES = 512  # the unit of /proc/diskstats, whatever the disk's own sectors are
REQUEST_SECONDS = 5


class Refused(Exception):
    """The server has read the events and does not want them; sending them again would not help."""


class Counters:
    """What the kernel has counted up to a moment. The difference of two of them is what happened in between."""

    def __init__(self):
        self.time = time.monotonic()
        self.cpu_busy, self.cpu_total = self._cpu()
        self.disk_read, self.disk_written = self._disk()
        self.received, self.sent = self._network()

    @staticmethod
    def _cpu():
        with open("/proc/stat", encoding="ascii") as stat:
            # user, nice, system, idle, iowait, irq, softirq, steal; what guests take is in user already
            ticks = [int(text) for text in stat.readline().split()[1:9]]
        total = sum(ticks)
        return total - ticks[3] - ticks[4], total

    @staticmethod
    def _disk():
        read = written = 0
        try:
            with open("/proc/diskstats", encoding="ascii") as stats:
                lines = [line.split() for line in stats]
        except OSError:
            return 0, 0  # some containers hide it
        for fields in lines:
            # Whole disks only: a partition's bytes are counted there as well.
            if not fields[2].startswith(("loop", "ram", "dm-", "md")) and os.path.exists(f"/sys/block/{fields[2]}"):
                read += int(fields[5]) * SECTOR_BYTES
                written += int(fields[9]) * SECTOR_BYTES
        return read, written

    @staticmethod
    def _network():
        received = sent = 0
        with open("/proc/net/dev", encoding="ascii") as devices:
            for line in devices.readlines()[2:]:
                name, _, counts = line.partition(":")
                if name.strip() != "lo":
                    fields = counts.split()
                    received += int(fields[0])
                    sent += int(fields[8])
        return received, sent


def read_memory():
    sizes = {}
    with open("/proc/meminfo", encoding="ascii") as info:
        for line in info:
            name, _, rest = line.partition(":")
            sizes[name] = int(rest.split()[0]) * 1024
    total, available = sizes["MemTotal"], sizes["MemAvailable"]
    return {"total_bytes": total, "available_bytes": available, "used_percent": percent(total - available, total)}


def percent(part, whole):
    return round(100 * part / whole, 1) if whole > 0 else 0.0


def to_events(host, before, now):
    elapsed = max(now.time - before.time, 0.001)

    def rate(later, earlier):
        return round(max(later - earlier, 0) / elapsed)

    disk = shutil.disk_usage("/")
    load = os.getloadavg()
    readings = {
        "cpu": {
            "used_percent": percent(now.cpu_busy - before.cpu_busy, now.cpu_total - before.cpu_total),
            "load_1m": round(load[0], 2),
            "cores": os.cpu_count(),
        },
        "memory": read_memory(),
        "disk": {
            "total_bytes": disk.total,
            "free_bytes": disk.free,
            "used_percent": percent(disk.total - disk.free, disk.total),
            "read_bytes_per_second": rate(now.disk_read, before.disk_read),
            "written_bytes_per_second": rate(now.disk_written, before.disk_written),
        },
        "network": {
            "received_bytes_per_second": rate(now.received, before.received),
            "sent_bytes_per_second": rate(now.sent, before.sent),
        },
    }
    timestamp = int(time.time() * 1000)
    return [
        {
            # An id of our own makes a repetition harmless: Flux records the event once, however often it is sent.
            "eventId": str(uuid.uuid4()),
            "stream": f"host.{part}",
            "source": host,
            "timestamp": timestamp,
            "payload": {"entity_id": f"host/{host}/{part}", "properties": properties},
        }
        for part, properties in readings.items()
    ]


def publish(url, body):
    """Sends the events once. Raises OSError when it may be worth sending them again."""
    request = urllib.request.Request(f"{url}/api/events/batch", data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        text = f"HTTP {error.code}: {error.read().decode(errors='replace')}"
        raise (OSError if error.code >= 500 else Refused)(text) from error
    for row in answer["results"]:
        if row["error"] is not None:
            again = row.get("code") in ("unavailable", "outcome_unknown", "storage_full")
            raise (OSError if again else Refused)(row["error"])
    return answer["successful"]


def run(options):
    url = os.environ.get("FLUX_URL", "http://localhost:3000").rstrip("/")
    host = options.host or socket.gethostname()
    left = 1 if options.once else options.count
    before = Counters()
    due = time.monotonic() + options.interval
    is_down = False
    while True:
        time.sleep(max(due - time.monotonic(), 0))
        due = max(due + options.interval, time.monotonic())
        now = Counters()
        body = json.dumps({"events": to_events(host, before, now)}).encode()
        before = now
        try:
            try:
                published = publish(url, body)
            except OSError:
                time.sleep(min(options.interval, 1))
                published = publish(url, body)  # the same bytes: what was stored the first time is not stored twice
        except OSError as error:
            if left is not None:
                raise
            if not is_down:
                print(f"publish_host: {url}: {error}; trying again", file=sys.stderr)
            is_down = True
            continue
        if is_down:
            print(f"publish_host: {url} answers again", file=sys.stderr)
            is_down = False
        if not options.quiet:
            print(f"{time.strftime('%H:%M:%S')} published {published} events as host/{host}/...", flush=True)
        if left is not None:
            left -= 1
            if left <= 0:
                return


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--once", action="store_true", help="publish one reading and end")
    parser.add_argument("--count", type=int, metavar="N", help="publish N readings and end")
    parser.add_argument("--interval", type=float, default=1.0, metavar="SECONDS", help="time between readings (1)")
    parser.add_argument("--host", metavar="NAME", help="the name to publish under (this machine's)")
    parser.add_argument("--quiet", action="store_true", help="say nothing while it works")
    options = parser.parse_args()
    if options.interval <= 0 or (options.count is not None and options.count < 1):
        parser.error("--interval and --count must be greater than 0")
    try:
        run(options)
    except KeyboardInterrupt:
        return 130
    except (Refused, OSError) as error:
        print(f"publish_host: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
