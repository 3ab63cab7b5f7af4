"""Reads the result files of a test run: prints every row of the fault model with its counts and measured values, the counts of the conformance data,
every reason for a skip with its tests, every failure, and then three numbers on one line: passed, failed and skipped for want of something. A skip is for
want of something unless its reason is one of those that are by design: a new one counts until it is listed here.

    python3 .ci/test_results.py DIRECTORY
"""

import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

import reliability

SPACE = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"
LONGEST_TEXT = 1500
CONFORMANCE = "CEL conformance: "
BY_DESIGN = (
    "FLUX_BROWSER=",
    "FLUX_FAULTS=",
    "FLUX_LONG=",
    "FLUX_SOAK",
    "FLUX_PREVIOUS_SERVER",
    "not yet: waits for ",  # a row of bad input whose feature is not there
    "tried elsewhere, ",
    "no variant of the row runs here",
    "the row has no variant that leaves nothing",
    "helm is not on PATH",  # no package of Debian has it
)
MOST_NAMES = 4  # the result files have them all


def text_of(result):
    """The message of a failure, or the reason of a skip."""
    output = result.find(f"{SPACE}Output")
    texts = [] if output is None else [output.findtext(f"{SPACE}ErrorInfo/{SPACE}Message"), *output.itertext()]
    text = next((text.strip() for text in texts if text and text.strip()), "no reason given")
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} ..."


def notable_lines(result):
    """What scenarios say about their row of the fault model, and the counts of the conformance data."""
    text = result.findtext(f"{SPACE}Output/{SPACE}StdOut") or ""
    counts = [line.strip() for line in text.splitlines() if line.strip().startswith(CONFORMANCE)]
    return [*map(reliability.describe, reliability.rows_of(text)), *counts]


def main(directory):
    passed = wanting = 0
    failures = []
    skipped = collections.defaultdict(list)
    for path in sorted(pathlib.Path(directory).rglob("*.trx")):
        for result in ElementTree.parse(path).getroot().iter(f"{SPACE}UnitTestResult"):
            name, outcome = result.get("testName"), result.get("outcome")
            for line in notable_lines(result):
                print(f"  {line}")
            if outcome == "Passed":
                passed += 1
            elif outcome == "NotExecuted":
                reason = text_of(result)
                wanting += not any(text in reason for text in BY_DESIGN)
                skipped[reason].append(name)
            else:
                failures.append(f"  failed: {name}: {text_of(result)}")
    for reason, names in sorted(skipped.items()):
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        print(f"  skipped {len(names)}: {reason}: {', '.join(names[:MOST_NAMES])}{more}")
    for failure in failures:  # last, where whoever sees only the end of the output finds them
        print(failure)
    print(passed, len(failures), wanting)


if __name__ == "__main__":
    main(sys.argv[1])
