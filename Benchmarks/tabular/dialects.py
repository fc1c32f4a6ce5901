"""Writes the first 1,500 records of each CSV file anew in twelve dialects and encodings, and counts what the sniffer makes of them.

usage: Benchmarks/tabular/dialects.py FILE… (UTF-8, commas), after `swift build -c release --product tabular-bench`
"""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile
from collections import Counter

TITLE = "Stores of the chain\nExported on 2024-05-01 12:30\n\n"
# Name: delimiter, its name, encoding, line end, whether numbers get decimal commas, what stands above the table.
DIALECTS = {
    "Windows-1252, decimal commas": (";", "semicolons", "cp1252", "\r\n", True, ""),
    "UTF-16 with a mark": ("\t", "tabs", "utf-16", "\r\n", False, ""),
    "UTF-16 BE without": ("\t", "tabs", "utf-16-be", "\n", False, ""),
    "code page 437": ("|", "vertical bars", "cp437", "\r\n", False, ""),
    "carets": ("^", '"^"', "utf-8", "\n", False, ""),
    "colons": (":", "colons", "utf-8", "\n", False, ""),
    "tildes": ("~", '"~"', "utf-8", "\n", False, ""),
    "CR": (",", "commas", "utf-8", "\r", False, ""),
    "UTF-8 with a mark": (",", "commas", "utf-8-sig", "\r\n", False, ""),
    "title, decimal commas": (";", "semicolons", "utf-8", "\n", True, TITLE),
    "unit separators": ("\x1f", "control characters (31)", "utf-8", "\n", False, ""),
    "hashes": ("#", '"#"', "utf-8", "\n", False, ""),
}
BENCH = pathlib.Path(__file__).parents[2] / ".build/release/tabular-bench"


def write(path, records, delimiter, _, encoding, line_end, has_decimal_commas, title):
    with open(path, "w", encoding=encoding, errors="replace", newline="") as target:
        target.write(title)
        writer = csv.writer(target, delimiter=delimiter, lineterminator=line_end)
        for record in records:
            writer.writerow([re.sub(r"^(-?\d+)\.(\d+)$", r"\1,\2", cell) if has_decimal_commas else cell for cell in record])


def main():
    for name, dialect in DIALECTS.items():
        counts, lowest = Counter(), 1.0
        with tempfile.TemporaryDirectory() as folder:
            widths = []
            for number, file in enumerate(sys.argv[1:]):
                with open(file, encoding="utf-8", errors="replace", newline="") as source:
                    records = list(csv.reader(source))[:1500]
                widths.append(len(records[0]))
                write(f"{folder}/{number}", records, *dialect)
            paths = [f"{folder}/{number}" for number in range(len(widths))]
            lines = subprocess.run([BENCH, "sniff", *paths], check=True, capture_output=True, text=True).stdout.splitlines()
        for width, line in zip(widths, lines, strict=True):
            _, encoding, _, delimiter, columns, *_, confidence, _ = line.split("\t")[:9]
            is_right = delimiter == dialect[1] and columns == f"{width} columns"
            is_asked = confidence.endswith("ASK")
            counts["right" if is_right else "wrong", "asked" if is_asked else "taken"] += 1
            counts[encoding] += 1
            lowest = min(lowest, float(confidence.split()[1]))
        print(name, f"lowest confidence {lowest}", dict(counts), sep="\t")


main()
