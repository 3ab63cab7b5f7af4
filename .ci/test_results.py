"""Reads the result files of a test run: prints every failure and every skip with its reason, and then three numbers on one line: passed, failed
and skipped for want of PostgreSQL.

    python3 .ci/test_results.py DIRECTORY
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree

SPACE = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"


def text_of(result):
    """The message of a failure, or the reason of a skip."""
    output = result.find(f"{SPACE}Output")
    lines = [] if output is None else [text.strip() for text in output.itertext() if text.strip()]
    return lines[0] if lines else "no reason given"


def main(directory):
    passed = failed = without_postgresql = 0
    for path in sorted(pathlib.Path(directory).rglob("*.trx")):
        for result in ElementTree.parse(path).getroot().iter(f"{SPACE}UnitTestResult"):
            name, outcome = result.get("testName"), result.get("outcome")
            if outcome == "Passed":
                passed += 1
            elif outcome == "NotExecuted":
                reason = text_of(result)
                # A test that waits for a feature is not one that misses its database.
                without_postgresql += "postgres" in reason.lower() and "waits for" not in reason
                print(f"  skipped: {name}: {reason}")
            else:
                failed += 1
                print(f"  failed: {name}: {text_of(result)}")
    print(passed, failed, without_postgresql)


if __name__ == "__main__":
    main(sys.argv[1])
