"""Checks the documents: each link to a file or heading of this repository leads somewhere, decisions are numbered without a gap, each test that the
documents name exists, the report of the faults is what its data says and what the lists of rows say is not there yet, and the README is short.

    python3 .ci/check_documents.py
"""

import json
import pathlib
import re
import sys

import reliability

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TEST = re.compile(r"`(?:[A-Z]\w*Tests\.)?([A-Z][a-z]*(?:_[a-z0-9]+){3,})`")
LONGEST_README = 120


def headings(path):
    """The anchors that a document offers."""
    lines = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def faults():
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.cs"))
    for document in documents:
        name, text = document.relative_to(ROOT), document.read_text(encoding="utf-8")
        for link in LINK.findall(text):
            if link.startswith(("http://", "https://")):
                continue
            path, _, anchor = link.partition("#")
            target = (document.parent / path).resolve() if path else document
            if not target.exists():
                yield f"{name}: {link} leads nowhere"
            elif anchor and anchor not in headings(target):
                yield f"{name}: {link} names no heading"
        for test in TEST.findall(text):
            if f" {test}(" not in tests:
                yield f"{name}: there is no test {test}"
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"docs/decisions: the numbers are {numbers}"
    if (ROOT / "docs/reliability.json").exists():
        data = json.loads((ROOT / "docs/reliability.json").read_text(encoding="utf-8"))
        page = reliability.page(data)
        if (ROOT / "docs/reliability.md").read_text(encoding="utf-8") != "\n".join(page) + "\n":
            yield "docs/reliability.md is not what docs/reliability.json says: .ci/reliability.py --page docs/reliability.json"
        told = {row["id"] for row in data["rows"] + data["controls"] if row["verdict"] == "not yet"}
        lists = [row for name in ("fault-rows.txt", "negative-controls.txt") for row in reliability.listed(name)]
        waiting = {number for number, _, status in lists if status.startswith(reliability.NOT_YET)}
        if told != waiting:
            yield f"docs/reliability.md is of an earlier state: {', '.join(sorted(told ^ waiting))} are \"not yet\" in it or in the lists, not in both: run .ci/faults"
    lines = len(documents[0].read_text(encoding="utf-8").splitlines())
    if lines > LONGEST_README:
        yield f"README.md: {lines} lines, {LONGEST_README} at most"


found = list(faults())
print("\n".join(found) or "the documents are consistent")
sys.exit(1 if found else 0)
