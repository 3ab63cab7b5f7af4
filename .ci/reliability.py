"""Makes the report of a run of the fault model from the result files of its tests and from the two lists beside FaultModelTests: reliability.json for
programs, reliability.md for people.

    python3 .ci/reliability.py RESULTS OUT SET    reads the result files below RESULTS, writes both files into the folder OUT; SET names the run
    python3 .ci/reliability.py --page JSON        prints the page of a reliability.json
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
LISTS = ROOT / "tests/Flux.Cluster.Tests/FaultModel"
SPACE = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"
FAULT_ROW = "fault row: "
NOT_YET = "not yet: waits for "
OUTCOMES = {"Passed": "passed", "NotExecuted": "skipped"}
COUNTS = ("lost", "duplicated", "phantom", "altered", "gap", "reorder", "cross-tenant", "live≠replay", "state≠fold")


def rows_of(text):
    """The lines that scenarios print about themselves."""
    return [json.loads(line.strip().removeprefix(FAULT_ROW)) for line in text.splitlines() if line.strip().startswith(FAULT_ROW)]


def describe(row):
    """One of them for people, on one line."""
    parts = [f"{row['row']} {(row['verdict'] or 'no history').upper()}"]
    if row["counts"]:
        raised = [f"{name} {value}" for name, value in row["counts"].items() if value]
        parts.append(f"{', '.join(raised) or 'all counts 0'}; {row['acked']} acked")
    parts += [f"{m['what']} {m['value']} (target {m['target']})" for m in row["measured"]]
    return "; ".join(parts)


def read_results(directory):
    """What became of each test that ran, by its name without the namespace and without arguments, and when the first began."""
    tests, began = {}, []
    for path in sorted(pathlib.Path(directory).rglob("*.trx")):
        root = ElementTree.parse(path).getroot()
        began += [times.get("start") for times in root.iter(f"{SPACE}Times")]
        for result in root.iter(f"{SPACE}UnitTestResult"):
            name = ".".join(result.get("testName").split("(")[0].split(".")[-2:])
            output = result.find(f"{SPACE}Output")
            text = "" if output is None else output.findtext(f"{SPACE}StdOut") or ""
            message = "" if output is None else output.findtext(f"{SPACE}ErrorInfo/{SPACE}Message") or ""
            hours, minutes, seconds = (result.get("duration") or "0:0:0").split(":")
            tests.setdefault(name, []).append({
                "outcome": OUTCOMES.get(result.get("outcome"), "failed"),
                "seconds": round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 1),
                "why": (message or text).strip().split("\n")[0][:300],
                "rows": rows_of(text),
            })
    return tests, min(began, default=None)


def judge(listed, tests):
    """The verdict over one row: what its tests did. A test that was skipped in one run and ran in another, ran."""
    number, title, status = listed
    if status.startswith(NOT_YET):
        return {"id": number, "what": title, "verdict": "not yet", "waits_for": status.removeprefix(NOT_YET)}
    ran, remark = [], re.search(r" \((.*)\)$", status)
    for name in re.findall(r"\w+\.\w+", status.split(" (")[0]):
        results = tests.get(name, [])
        done = [r for r in results if r["outcome"] != "skipped"]
        for result in done or results[:1] or [{"outcome": "skipped", "seconds": 0, "why": "not in this run", "rows": []}]:
            why = {} if result["outcome"] == "passed" else {"why": result["why"]}
            ran.append({"test": name, "outcome": result["outcome"], "seconds": result["seconds"], "scenarios": result["rows"], **why})
    outcomes = {test["outcome"] for test in ran}
    verdict = "failed" if "failed" in outcomes else "not run" if "passed" not in outcomes else "held in part" if "skipped" in outcomes else "held"
    return {"id": number, "what": title, "verdict": verdict, **({"remark": remark[1]} if remark else {}), "tests": ran}


def listed(file):
    lines = (LISTS / file).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(" | ", 2)) for line in lines if line and not line.startswith("#")]


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def report(results, name):
    tests, began = read_results(results)
    changed = "" if not git("status", "--porcelain", "--untracked-files=no") else ", with changes"
    return {
        "commit": git("rev-parse", "--short=12", "HEAD") + changed,
        "when": began,
        "set": name,
        "machine": f"{os.cpu_count()} cores, {round(os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30)} GiB",
        "rows": [judge(row, tests) for row in listed("fault-rows.txt")],
        "controls": [judge(row, tests) for row in listed("negative-controls.txt")],
    }


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def measured_of(row):
    for test in row.get("tests", []):
        for scenario in test["scenarios"]:
            yield from (f"{m['what']}: {m['value']} (target {m['target']})" for m in scenario["measured"])
        if test["outcome"] == "failed":
            yield f"{test['test'].split('.')[1]} failed: {test['why']}"
    yield from sorted({f"skipped: {test['why']}" for test in row.get("tests", []) if test["outcome"] == "skipped"})


def counts_of(row):
    """The nine counts of all its scenarios, added up; what no scenario counted is left out."""
    scenarios = [s for test in row.get("tests", []) for s in test["scenarios"] if s["counts"]]
    if not scenarios:
        return "no history" if row["verdict"].startswith("held") else ""
    sums = {name: sum(s["counts"].get(name) or 0 for s in scenarios) for name in COUNTS}
    raised = [f"{name} {value}" for name, value in sums.items() if value]
    return ", ".join(raised) or f"all 0 of {sum(s['acked'] for s in scenarios):,} acked"


def page(data):
    def tally(rows):
        verdicts = [row["verdict"] for row in rows]
        return ", ".join(f"{verdicts.count(v)} {v}" for v in ("held", "held in part", "failed", "not run", "not yet") if v in verdicts)

    seeds = sorted({s["seed"] for row in data["rows"] for test in row.get("tests", []) for s in test["scenarios"]})
    yield from (
        "# Reliability",
        "",
        "What Flux was put through, and what became of it. Every row is a scenario with real processes: a load, a fault that is proved to have happened, and a",
        "[checker](../tests/Flux.Testing/History/HistoryChecker.cs) that reads what clients sent and saw, the whole log, and what each silo serves, and counts",
        f"nine kinds of violation: {', '.join(COUNTS)}.",
        "A row holds when all of them are 0, the history says enough to mean something, and no server's log has an unhandled exception. Measured values stand",
        "beside their targets and fail nothing by themselves. The [negative controls](#negative-controls) show that checker and scenarios can turn red.",
        "",
        "This page is made from [reliability.json](reliability.json) by `.ci/faults`, which runs it all:",
        "",
        "```sh",
        ".ci/faults          # the short set, about 20 minutes on 2 cores",
        ".ci/faults all      # every row, with short times",
        ".ci/faults long     # every row, with the times and rounds of the fault model; FLUX_SEED=2 begins with another seed",
        "```",
        "",
        f"Commit {data['commit']}, {data['when'][:16].replace('T', ' ') if data['when'] else 'not run'}, set \"{data['set']}\", {data['machine']}, "
        f"seed {', '.join(map(str, seeds)) or 'none'}.",
        f"Faults: {tally(data['rows'])}. Controls: {tally(data['controls'])}.",
        "",
        "## Faults",
        "",
        "| Row | What happens | Verdict | Counts | Measured |",
        "| --- | --- | --- | --- | --- |",
    )
    for row in data["rows"]:
        if row["verdict"] != "not yet":
            verdict = row["verdict"] if row["verdict"] != "failed" else "**failed**"
            yield f"| {row['id']} | {cell(row['what'])} | {verdict} | {counts_of(row)} | {'; '.join(cell(m) for m in measured_of(row))} |"
    yield from ("", "## Not yet", "", "| Row | What happens | Waits for |", "| --- | --- | --- |")
    for row in data["rows"] + data["controls"]:
        if row["verdict"] == "not yet":
            yield f"| {row['id']} | {cell(row['what'])} | {cell(row['waits_for'])} |"
    yield from (
        "",
        "## Negative controls",
        "",
        "A recorded history is edited, or the server runs with a defect that was built in for this and switched on; each must turn the checker red.",
        "",
        "| Control | Defect | Caught |",
        "| --- | --- | --- |",
    )
    for row in data["controls"]:
        if row["verdict"] != "not yet":
            caught = {"held": "yes", "held in part": "yes", "failed": "**no**"}.get(row["verdict"], row["verdict"])
            yield f"| {row['id']} | {cell(row['what'])} | {'; '.join([caught, *map(cell, measured_of(row))])} |"


def main(arguments):
    if arguments[0] == "--page":
        print("\n".join(page(json.loads(pathlib.Path(arguments[1]).read_text(encoding="utf-8")))))
        return 0
    results, out, name = arguments
    data = report(results, name)
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    (pathlib.Path(out) / "reliability.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (pathlib.Path(out) / "reliability.md").write_text("\n".join(page(data)) + "\n", encoding="utf-8")
    bad = [row["id"] for row in data["rows"] + data["controls"] if row["verdict"] == "failed"]
    print(f"{out}/reliability.md: {'failed: ' + ', '.join(bad) if bad else 'nothing failed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
