"""Makes the report of a run of the fault model from the result files of its tests and from the two lists beside FaultModelTests: reliability.json for
programs, reliability.md for people.

    python3 .ci/reliability.py RESULTS OUT SET    reads the result files below RESULTS, writes both files into the folder OUT; SET names the run
    python3 .ci/reliability.py --again JSON RESULTS    lets the tests below RESULTS, which ran again on the present commit, count as they did then
    python3 .ci/reliability.py --page JSON        prints the page of a reliability.json

The first fails when a row failed, and when one that is due in the set did not run: a test run that crashed has no results to be red.
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
# Why a test is skipped that belongs to a larger set, and the sets in which it is due all the same.
LARGER_SETS = {"runs in the short fault set": ("short", "all", "long"), "runs in the full fault set": ("all", "long"), "FLUX_PREVIOUS_SERVER": ("all", "long")}
IN_PART = "in part: "
VERDICTS = ("held", "held, target missed", "held in part", "held in part, target missed", "failed", "did not run", "not in this set", "not yet")
BAD = ("failed", "did not run")
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
    parts += map(describe_measured, row["measured"])
    return "; ".join(parts)


def describe_measured(measured):
    """A measured value beside its target; "none" says that there is none."""
    target = "" if measured["target"] == "none" else f" (target {measured['target']}{', missed' if measured.get('met') is False else ''})"
    return f"{measured['what']}: {measured['value']}{target}"


def first_words(text):
    """The line that says what went wrong, and the one behind it where it only announces that."""
    lines = [line.strip() for line in text.split("\n") if line.strip()] or [""]
    return " ".join(lines[:2] if lines[0].endswith(":") else lines[:1])[:400]


def read_results(directory):
    """What became of each test that ran, by its name without the namespace and without arguments, when the first began, and why a run was aborted."""
    tests, began, aborted = {}, [], []
    for path in sorted(pathlib.Path(directory).rglob("*.trx")):
        root = ElementTree.parse(path).getroot()
        began += [times.get("start") for times in root.iter(f"{SPACE}Times")]
        aborted += [text.text.strip() for text in root.iter(f"{SPACE}Text") if "test run was aborted" in (text.text or "")]
        for result in root.iter(f"{SPACE}UnitTestResult"):
            name = ".".join(result.get("testName").split("(")[0].split(".")[-2:])
            output = result.find(f"{SPACE}Output")
            text = "" if output is None else output.findtext(f"{SPACE}StdOut") or ""
            message = "" if output is None else output.findtext(f"{SPACE}ErrorInfo/{SPACE}Message") or ""
            hours, minutes, seconds = (result.get("duration") or "0:0:0").split(":")
            tests.setdefault(name, []).append({
                "outcome": OUTCOMES.get(result.get("outcome"), "failed"),
                "seconds": round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 1),
                "why": first_words(message or text),
                "rows": rows_of(text),
            })
    return tests, min(began, default=None), aborted


def is_due(test, name):
    """Whether a test that did not run is part of a set: all are but those that say which larger one they belong to."""
    sets = next((sets for reason, sets in LARGER_SETS.items() if reason in test["why"]), None)
    return sets is None or name in sets


def judge(listed, tests, name):
    """The verdict over one row: what its tests did. A test that was skipped in one run and ran in another, ran."""
    number, title, status = listed
    if status.startswith(NOT_YET):
        return {"id": number, "what": title, "verdict": "not yet", "waits_for": status.removeprefix(NOT_YET)}
    ran, remark = [], re.search(r" \((.*)\)$", status)
    for test in re.findall(r"\w+\.\w+", status.split(" (")[0]):
        results = tests.get(test, [])
        done = [r for r in results if r["outcome"] != "skipped"]
        for result in done or results[:1] or [{"outcome": "skipped", "seconds": 0, "why": "not in this run", "rows": []}]:
            why = {} if result["outcome"] == "passed" else {"why": result["why"]}
            ran.append({"test": test, "outcome": result["outcome"], "seconds": result["seconds"], "scenarios": result["rows"], **why})
    return {"id": number, "what": title, "verdict": verdict_of(ran, name, remark), **({"remark": remark[1]} if remark else {}), "tests": ran}


def verdict_of(ran, name, remark):
    outcomes = {test["outcome"] for test in ran}
    if "failed" in outcomes:
        return "failed"
    if any(test["outcome"] == "skipped" and is_due(test, name) for test in ran):
        return "did not run"
    if "passed" not in outcomes:
        return "not in this set"
    held = "held in part" if "skipped" in outcomes or (remark and remark[1].startswith(IN_PART)) else "held"
    missed = any(m.get("met") is False for test in ran for scenario in test["scenarios"] for m in scenario["measured"])
    return f"{held}, target missed" if missed else held


def listed(file):
    lines = (LISTS / file).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(" | ", 2)) for line in lines if line and not line.startswith("#")]


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def commit():
    return git("rev-parse", "--short=12", "HEAD") + (", with changes" if git("status", "--porcelain", "--untracked-files=no") else "")


def again(data, results):
    """A report in which tests that ran again on the present commit count as they did then. Their rows say so."""
    tests, _, aborted = read_results(results)
    ran = {test for test, results in tests.items() if any(r["outcome"] != "skipped" for r in results)}

    def judged(row, listed):
        former = {}
        for test in row.get("tests", []):
            former.setdefault(test["test"], []).append({"why": "", "rows": test["scenarios"], **test})
        row = {**judge(listed, {**former, **{test: tests[test] for test in ran}}, data["set"]), **({"again": row["again"]} if "again" in row else {})}
        return row | ({"again": commit()} if ran & {test["test"] for test in row.get("tests", [])} else {})

    return data | {
        "aborted": data["aborted"] + aborted,
        "rows": [judged(*pair) for pair in zip(data["rows"], listed("fault-rows.txt"), strict=True)],
        "controls": [judged(*pair) for pair in zip(data["controls"], listed("negative-controls.txt"), strict=True)],
    }


def report(results, name):
    tests, began, aborted = read_results(results)
    return {
        "commit": commit(),
        "when": began,
        "set": name,
        "machine": f"{os.cpu_count()} cores, {round(os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30)} GiB",
        "aborted": aborted,
        "rows": [judge(row, tests, name) for row in listed("fault-rows.txt")],
        "controls": [judge(row, tests, name) for row in listed("negative-controls.txt")],
    }


def cell(text):
    """What may stand in a table: no error text breaks it."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def what_of(row):
    return cell(f"{row['what']} ({row['remark']})" if "remark" in row else row["what"]) + (f" [{row['again']}]" if "again" in row else "")


def scenarios_of(row):
    return [scenario for test in row.get("tests", []) for scenario in test["scenarios"]]


def measured_of(row):
    for test in row.get("tests", []):
        for scenario in test["scenarios"]:
            yield from map(describe_measured, scenario["measured"])
        if test["outcome"] == "failed":
            yield f"{test['test'].split('.')[1]} failed: {test['why']}"
    yield from sorted({f"skipped: {test['why']}" for test in row.get("tests", []) if test["outcome"] == "skipped"})


def counts_of(row):
    """The nine counts of all its scenarios, added up. One that had no input in any of them, and so could not be raised, is "–"."""
    scenarios = [s for s in scenarios_of(row) if s["counts"]]
    if not scenarios:
        return "no history" if row["verdict"].startswith("held") else ""
    seen = {name: [s["counts"][name] for s in scenarios if s["counts"].get(name) is not None] for name in COUNTS}
    raised = [f"{name} {sum(values)}" for name, values in seen.items() if any(values)]
    blind = [f"{name} –" for name, values in seen.items() if not values]
    stale = sum(s.get("stale") or 0 for s in scenarios)
    zeros = f"{'all' if not blind else len(COUNTS) - len(blind)} 0 of {sum(s['acked'] for s in scenarios):,} acked"
    silent = len(scenarios_of(row)) - len(scenarios)
    return "; ".join([
        ", ".join(raised) or zeros,
        *blind,
        *([f"{stale:,} stale reads of a node frozen or cut off"] if stale else []),
        *([f"no history of {silent} of its {len(scenarios_of(row))} scenarios"] if silent else []),
    ])


def faults_of(row):
    """How many faults were injected and proved; nothing where no scenario says."""
    proved = [s["faults"] for s in scenarios_of(row) if s.get("faults") is not None]
    return f"{sum(proved):,}" if proved else "–"


def page(data):
    def tally(rows):
        verdicts = [row["verdict"] for row in rows]
        return ", ".join(f"{verdicts.count(v)} {v}" for v in (*VERDICTS, *sorted(set(verdicts) - set(VERDICTS))) if v in verdicts)

    seeds = sorted({s["seed"] for row in data["rows"] for s in scenarios_of(row)})
    yield from (
        "# Reliability",
        "",
        "What Flux was put through, and what became of it. Every row is a scenario with real processes under a load. Where a fault is injected, the scenario",
        "proves that it happened, and the column Faults counts the proofs, those of its end included (a frozen process that goes on, a link that is whole again);",
        "at 0 the load itself is the trouble, and at – something was done behind the server's back that is described by the row. A",
        "[checker](../tests/Flux.Testing/History/HistoryChecker.cs) reads what clients sent and saw, the whole log, and what each silo serves as the state, as a list",
        f"now and at positions of the past and entity by entity, and counts nine kinds of violation: {', '.join(COUNTS)}.",
        "",
        "A row holds when its assertions do, all of its counts are 0, the history says enough to mean something, every 503 and 429 said when to come again, every",
        "outcome that was unknown was settled, and no server logged an error that the row does not explain ([the list](../tests/Flux.Testing/Processes/ServerLog.cs)).",
        "A count that had no input in a row is –: cross-tenant needs namespaces with secrets, live≠replay subscriptions that are asked again. Rows with \"no history\"",
        "rest on the assertions of their test alone. A request was served when it got an answer that is neither a failure of the server nor 429; a batch, when that",
        "holds for each of its events. A measured value that misses its target makes a row \"held, target missed\"; \"held in part\" says in brackets",
        "which part. Stale reads are those that a node served which was frozen or cut off and did not know it yet: of what was at most 5 s old, or within 5 s of",
        "its going on. The [negative controls](#negative-controls) show that checker and scenarios can turn red.",
        "",
        "The load is closed-loop and small, because clients, silos and database share one machine: on three silos 12 writers that each wait for an answer and 25 ms",
        "more, 200 entities (1,000 in the long set), one in ten events for one of them, and 6 classic sockets; on one process 2 to 64 writers. A client that waits",
        "sends less, so times beyond the capacity look better here than they would with arrivals that wait for nobody.",
        "",
        "This page is made from [reliability.json](reliability.json) by `.ci/faults all --keep`; without `--keep` a report stays in artifacts/reliability:",
        "",
        "```sh",
        ".ci/faults          # the short set, about 25 minutes on 2 cores",
        ".ci/faults all      # every row, with short times",
        ".ci/faults long     # every row, with the times and rounds of the fault model; FLUX_SEED=2 begins with another seed",
        "```",
        "",
        f"Commit {data['commit']}, {data['when'][:16].replace('T', ' ') if data['when'] else 'not run'}, set \"{data['set']}\", {data['machine']}, "
        f"seed {', '.join(map(str, seeds)) or 'none'}.",
        f"Faults: {tally(data['rows'])}. Controls: {tally(data['controls'])}.",
        *(["Rows with a commit in square brackets ran again on that one, after a mend: wholly or some of their tests."] if any("again" in r for r in data["rows"] + data["controls"]) else []),
        *(f"**The run was aborted:** {cell(why)}" for why in data.get("aborted", [])),
        "",
        "## Faults",
        "",
        "| Row | What happens | Verdict | Faults | Counts | Measured |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    for row in data["rows"]:
        if row["verdict"] != "not yet":
            verdict = f"**{row['verdict']}**" if row["verdict"] in BAD else row["verdict"]
            yield f"| {row['id']} | {what_of(row)} | {verdict} | {faults_of(row)} | {counts_of(row)} | {'; '.join(map(cell, measured_of(row)))} |"
    yield from ("", "## Not yet", "", "| Row | What happens | Waits for |", "| --- | --- | --- |")
    for row in data["rows"] + data["controls"]:
        if row["verdict"] == "not yet":
            yield f"| {row['id']} | {what_of(row)} | {cell(row['waits_for'])} |"
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
            caught = {"held": "yes", "held in part": "in part", "failed": "**no**", "did not run": "**did not run**"}.get(row["verdict"], row["verdict"])
            yield f"| {row['id']} | {what_of(row)} | {'; '.join([caught, *map(cell, measured_of(row))])} |"


def main(arguments):
    if arguments[0] == "--page":
        print("\n".join(page(json.loads(pathlib.Path(arguments[1]).read_text(encoding="utf-8")))))
        return 0
    if arguments[0] == "--again":
        out = pathlib.Path(arguments[1]).parent
        data = again(json.loads(pathlib.Path(arguments[1]).read_text(encoding="utf-8")), arguments[2])
    else:
        results, out, name = arguments
        data = report(results, name)
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    (pathlib.Path(out) / "reliability.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (pathlib.Path(out) / "reliability.md").write_text("\n".join(page(data)) + "\n", encoding="utf-8")
    bad = [f"{row['id']} {row['verdict']}" for row in data["rows"] + data["controls"] if row["verdict"] in BAD] + data["aborted"]
    print(f"{out}/reliability.md: {', '.join(bad) or 'nothing failed'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
