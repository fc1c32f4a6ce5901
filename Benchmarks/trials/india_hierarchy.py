#!/usr/bin/env python3
"""Makes the territories and distributors of India's post offices from the hierarchy that their file names.

usage: Benchmarks/trials/india_hierarchy.py in_post_offices.csv.xz FOLDER

Circles become zones, regions regions, divisions areas, each division also a distributor. Ids are the names from the circle
down, as the schema `in-post-offices` puts them together.
"""

import csv
import lzma
import sys
from pathlib import Path

SEPARATOR = " - "
COUNTRY = "IN"


def main(source, folder):
    with lzma.open(source, "rt", encoding="utf-8", newline="") as file:
        divisions = {(row["circlename"], row["regionname"], row["divisionname"]) for row in csv.DictReader(file)}
    territories = {(COUNTRY, "India", "COUNTRY", "")}
    for circle, region, division in divisions:
        zone = SEPARATOR.join([COUNTRY, circle])
        territories.add((zone, circle, "ZONE", COUNTRY))
        territories.add((SEPARATOR.join([zone, region]), region, "REGION", zone))
        territories.add((SEPARATOR.join([zone, region, division]), division, "AREA", SEPARATOR.join([zone, region])))
    write(folder / "india_territories.csv", ["territory_id", "territory_name", "level", "parent_id"], territories)
    areas = [(place, name, place) for place, name, level, _ in territories if level == "AREA"]
    write(folder / "india_distributors.csv", ["dt_code", "dt_name", "territory_id"], areas)


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(sorted(rows))
    print(f"{path}: {len(rows)} rows")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]))
