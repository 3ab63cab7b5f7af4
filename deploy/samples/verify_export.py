#!/usr/bin/env python3
"""Verifies a file that `Flux.Server export` has written, without Flux. Python 3.8 or later, nothing to install.

    python3 deploy/samples/verify_export.py plant.jsonl
    python3 deploy/samples/verify_export.py plant.jsonl --digest head.json    and it is a part of the log whose head you trust
    Flux.Server export --all --data ./flux-data --to - | python3 deploy/samples/verify_export.py -

docs/log-format.md says what is computed here, and what it proves.
"""

import argparse
import base64
import hashlib
import json
import struct
import sys
import uuid

NONE = bytes(32)
CHECK = b',"check":"'


class Wrong(Exception):
    """A line is not what it should be; the text says why."""


class Lines:
    """The lines of a file. The check at the end of each covers it and all lines before it."""

    def __init__(self, file):
        self.file = file
        self.number = 0
        self.digest = NONE

    def next(self):
        """Gives the next line as a dictionary, or None at the end, and keeps the digest of all lines before it."""
        line = self.file.readline()
        self.number += 1
        if not line:
            return None
        body, _, check = line.rpartition(CHECK)
        self.before = self.digest
        self.digest = hashlib.sha256(self.digest + body).digest()
        if check != self.digest[:8].hex().encode() + b'"}\n':
            raise Wrong("it is not the line that was written here: it was changed or moved, or one before it is missing")
        return json.loads(line)


def content(line, name):
    """The bytes of a member that holds JSON as a text; None when there is none."""
    if name in line:
        return line[name].encode()
    if name + "_base64" in line:
        return base64.b64decode(line[name + "_base64"])
    return None


def field(value):
    """A field as a hash covers it: its length and its bytes."""
    if value is None:
        return struct.pack(">i", -1)
    if isinstance(value, int):
        value = struct.pack(">q", value)
    elif isinstance(value, str):
        value = value.encode()
    return struct.pack(">i", len(value)) + value


def row_hashes(previous, line):
    """The hash of a row, and what it was until November 2026, when it did not cover what the producer gave."""
    fields = [line["namespace"], line.get("entity"), line["version"], line["event_id"], line["stream"], line["source"], line.get("key"),
              line.get("schema"), line["timestamp"], content(line, "payload"), content(line, "before"), line.get("cause")]
    expiry = content(line, "expiry")
    if expiry is not None:  # covered only where there is one
        fields.append(expiry)
    formerly = previous + b"".join(map(field, fields))
    given = (1 if line.get("event_id_given") else 0) + (2 if line.get("timestamp_given") else 0)
    return [hashlib.sha256(covered).digest() for covered in (formerly + field(given), formerly)]


def namespace_of(entity):
    """The text before the first slash; empty without one, or when it is the first character."""
    return "" if entity is None or entity.find("/") <= 0 else entity[:entity.find("/")]


class Export:
    """What is known while the lines are read."""

    def __init__(self, header, trusted):
        self.header = header
        self.trusted = trusted
        self.entities = {}  # id -> version and hash of its last event
        self.events = 0
        self.last = (0, 0)  # position and time of the last event
        self.commit = None
        self.hashes = []
        self.head = (0, NONE)  # position and digest of the last whole commit
        self.recorded_at = 0  # and its time

    def take(self, line):
        kind = line["type"]
        if kind == "event":
            self.take_event(line)
        elif kind == "commit" and self.header.get("commits"):
            self.begin_commit(line)
        elif kind == "hidden" and self.header.get("commits") and "namespace" in self.header:
            self.add_to_commit(line["position"], bytes.fromhex(line["hash"]))
        else:
            raise Wrong(f"there is no line of type {kind} in such an export")

    def take_event(self, line):
        entity, namespace = line.get("entity"), line["namespace"]
        payload = json.loads(content(line, "payload"), parse_int=float)  # int refuses numbers of many digits
        told = payload.get("entity_id")
        if (told if isinstance(told, str) else None) != entity or namespace != namespace_of(entity):
            raise Wrong("entity and namespace are not those of the payload")
        if self.header.get("namespace", namespace) != namespace:
            raise Wrong("it is of another namespace")
        if line["position"] <= self.last[0] or line["recorded_at"] < self.last[1]:
            raise Wrong("it is not after the event before it")
        version, previous = self.entities.get(entity, (0, NONE)) if entity is not None else (-1, NONE)
        if line["version"] != version + 1:
            raise Wrong(f"the entity's next version is {version + 1}: events are missing")
        if bytes.fromhex(line["previous"]) != previous:
            raise Wrong("previous is not the hash of the entity's event before")
        if bytes.fromhex(line["hash"]) not in row_hashes(previous, line):
            raise Wrong("the event does not have its hash")
        if entity is not None:
            self.entities[entity] = (line["version"], bytes.fromhex(line["hash"]))
        self.last = (line["position"], line["recorded_at"])
        self.events += 1
        if self.header.get("commits"):
            if self.commit is None or line["recorded_at"] != self.commit["recorded_at"]:
                raise Wrong("it does not have the time of its commit")
            self.add_to_commit(line["position"], bytes.fromhex(line["hash"]))

    def begin_commit(self, line):
        if self.commit is not None or line["first_position"] != self.head[0] + 1:
            raise Wrong(f"the next event is at position {self.head[0] + 1 + len(self.hashes)}")
        self.commit = line

    def add_to_commit(self, position, digest):
        if self.commit is None or position != self.head[0] + 1 + len(self.hashes):
            raise Wrong(f"the next event is at position {self.head[0] + 1 + len(self.hashes)}")
        self.hashes.append(digest)
        if len(self.hashes) == self.commit["count"]:
            numbers = struct.pack(">qiq", self.commit["first_position"], self.commit["count"], self.commit["recorded_at"])
            formerly = self.head[1] + numbers + b"".join(self.hashes)
            written_by = uuid.UUID(self.commit["id"]).bytes + self.commit["writer"].encode()  # covered since November 2026
            digest = bytes.fromhex(self.commit["digest"])
            if digest not in [hashlib.sha256(covered).digest() for covered in (formerly + written_by, formerly)]:
                raise Wrong("with this event the commit does not have its digest")
            if self.trusted is not None and self.commit["first_position"] <= self.trusted["position"] <= position:
                self.meet(position, digest.hex())
            self.head, self.recorded_at = (position, digest), self.commit["recorded_at"]
            self.commit, self.hashes = None, []

    def meet(self, position, digest):
        if (self.trusted["position"], self.trusted["digest"]) != (position, digest):
            raise Wrong(f"the log had the head {position} {digest}, and the one you trust is {self.trusted['position']} {self.trusted['digest']}")
        self.trusted = None

    def end(self, line, digest):
        if line["events"] != self.events or line["entities"] != len(self.entities):
            raise Wrong(f"there are {self.events} events of {len(self.entities)} entities before it")
        if bytes.fromhex(line["digest"]) != digest:
            raise Wrong("it does not have the digest of the lines before it")
        head = (self.header["position"], bytes.fromhex(self.header["digest"]))
        if self.header.get("commits"):
            if self.commit is not None or self.head != head or self.recorded_at != self.header["recorded_at"]:
                raise Wrong("the commits do not end at the head that the first line names")
        elif self.last[0] > head[0]:
            raise Wrong("events come after the head that the first line names")
        elif self.trusted is not None:
            self.meet(self.header["position"], self.header["digest"])
        if self.trusted is not None:
            raise Wrong(f"the log was cut off before position {self.trusted['position']}, whose head you trust")


def read_head(path):
    with open(path, "rb") as file:
        lines = Lines(file)
        head = lines.next()
        if head is None or head["type"] not in ("head", "export") or head["format"] != 1:
            raise Wrong("it is no head that an export has written")
        return head


def verify(file, trusted):
    lines = Lines(file)
    try:
        header = lines.next()
        if header is None or header["type"] != "export" or header["format"] != 1:
            raise Wrong("it is not the first line of an export")
        export = Export(header, trusted)
        line = lines.next()
        while line is not None and line["type"] != "end":
            export.take(line)
            line = lines.next()
        if line is None:
            raise Wrong("the last line is missing: the file is not whole")
        export.end(line, lines.before)
        if lines.next() is not None:
            raise Wrong("it comes after the last line")
    except (Wrong, KeyError, ValueError, TypeError, AttributeError, struct.error) as error:
        text = str(error) if isinstance(error, Wrong) else f"it cannot be read: {error!r}"
        raise Wrong(f"line {lines.number}: {text}") from None
    return export


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="the export; - for standard input")
    parser.add_argument("--digest", metavar="FILE", help="a head that you trust, written by export --digest: when this export was made, or with commits in it at any time before")
    options = parser.parse_args()
    try:
        trusted = read_head(options.digest) if options.digest else None
        if options.file == "-":
            export = verify(sys.stdin.buffer, trusted)
        else:
            with open(options.file, "rb") as file:
                export = verify(file, trusted)
    except (Wrong, OSError, KeyError, ValueError) as error:
        print(f"verify_export: {error}", file=sys.stderr)
        return 1
    header = export.header
    what = f"namespace {json.dumps(header['namespace'])}" if "namespace" in header else "the whole log"
    print(f"{what}: {export.events} events of {len(export.entities)} entities have their hashes")
    if header.get("commits"):
        print(f"they stand where they stood when the log's head was {header['position']}, digest {header['digest']}")
    else:
        print(f"the log's head is said to have been {header['position']}, digest {header['digest']}; the export has no commits to prove it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
