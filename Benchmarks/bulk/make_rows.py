"""Makes outlets by the million from the real post offices and shops, seeded, with dirt at the rates measured on the real files.

usage: make_rows.py DATA FOLDER ROWS [SEED]
DATA holds in_post_offices.csv.xz and us_chains.tar.xz (the folder described in SOURCES.md). Writes into FOLDER: territories.csv
(circles and states), distributors.csv (divisions and states), outlets.csv, and from it outlets-1pc.csv (one row in a hundred
with other sales) and outlets-all.csv (all of them). Every made row says so: is_synthetic, parent_source, parent_id, jitter_m, seed.
"""
import csv, io, lzma, math, random, sys, tarfile

data, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 20261125
dice = random.Random(seed)

COLUMNS = ["outlet_id", "outlet_name", "address", "latitude", "longitude", "channel", "tier", "territory_id", "dt_code",
           "sales_model", "fulfillment_type", "sales_volume", "new_outlet_flag",
           "is_synthetic", "parent_source", "parent_id", "jitter_m", "seed"]


def number(text):
    try:
        value = float(text)
        return value if math.isfinite(value) else None
    except (TypeError, ValueError):
        return None


def code(prefix, text):
    return prefix + "".join(letter if letter.isalnum() else "-" for letter in text.upper()).strip("-")[:40]


def post_offices():
    with lzma.open(f"{data}/in_post_offices.csv.xz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            north, east = number(row["latitude"]), number(row["longitude"])
            if north is None or east is None or not (6 < north < 38 and 68 < east < 98): continue
            yield ("in_post_offices", f'{row["pincode"]}-{row["officename"]}', row["officename"],
                   f'{row["officename"]}, {row["district"]}, {row["pincode"]}', north, east,
                   "WS" if row["officetype"] == "HO" else "GT", code("IN-", row["circlename"]),
                   code("IN-D-", row["divisionname"]))


def shops():
    with tarfile.open(f"{data}/us_chains.tar.xz") as archive:
        for member in archive:
            if not member.name.endswith(".csv"): continue
            chain = member.name.rsplit("/", 1)[-1].split("__")[0]
            text = io.TextIOWrapper(archive.extractfile(member), encoding="utf-8", errors="replace", newline="")
            for line, row in enumerate(csv.DictReader(text)):
                north = number(row.get("latitude") or row.get("lat"))
                east = number(row.get("longitude") or row.get("lng") or row.get("lon") or row.get("long"))
                state = (row.get("state") or "")[:2].upper()
                if north is None or east is None or not (24 < north < 50 and -125 < east < -66) or not state.isalpha(): continue
                place = ", ".join(filter(None, (row.get(key) for key in ("street", "address", "city", "state", "zip"))))
                yield (f"us_chains/{chain}", f"{chain}:{line}", row.get("name") or chain, place, north, east,
                       "MT", f"US-{state}", f"US-D-{state}")


parents = list(post_offices()) + list(shops())
territories = sorted({parent[7] for parent in parents})
distributors = sorted({(parent[8], parent[7]) for parent in parents})
with open(f"{folder}/territories.csv", "w", encoding="utf-8", newline="") as file:
    out = csv.writer(file)
    out.writerow(["territory_id", "territory_name", "level"])
    out.writerows([territory, territory, "REGION"] for territory in territories)
home = dict(reversed(distributors))
with open(f"{folder}/distributors.csv", "w", encoding="utf-8", newline="") as file:
    out = csv.writer(file)
    out.writerow(["dt_code", "dt_name", "territory_id"])
    out.writerows([distributor, distributor, territory] for distributor, territory in home.items())


def made(index):
    source, parent, name, place, north, east, channel, territory, distributor = parents[dice.randrange(len(parents))]
    jitter = dice.uniform(50, 300) if channel == "MT" else dice.uniform(500, 2000)
    angle = dice.uniform(0, 2 * math.pi)
    north += jitter * math.cos(angle) / 111_320
    east += jitter * math.sin(angle) / (111_320 * math.cos(math.radians(north)))
    latitude, longitude = f"{north:.6f}", f"{east:.6f}"
    luck = dice.random()
    if luck < 0.079: latitude = longitude = "NA"
    elif luck < 0.085: latitude, longitude = longitude, latitude
    elif luck < 0.096: latitude, longitude = f"{dice.uniform(-60, 5):.6f}", f"{dice.uniform(100, 170):.6f}"
    sales = dice.lognormvariate(9.2, 1.4)
    tier = "A" if sales > 32_000 else "B" if sales > 10_000 else "C"
    identity = f"SYN-{seed}-{index:09d}"
    if dice.random() < 0.034 and index: identity = f"SYN-{seed}-{dice.randrange(index):09d}"
    return [identity, f"{name} {index % 97}", place, latitude, longitude, channel, tier, territory, distributor,
            "PRE_SALES" if channel == "MT" else "VAN_SALES", "DT", f"{sales:.2f}", "true" if index % 50 == 0 else "false",
            "1", source, parent, f"{jitter:.0f}", str(seed)]


with open(f"{folder}/outlets.csv", "wb") as plain, open(f"{folder}/outlets-1pc.csv", "wb") as some, \
        open(f"{folder}/outlets-all.csv", "wb") as everything:
    outputs = [plain, some, everything]
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def line(cells):
        buffer.seek(0), buffer.truncate()
        writer.writerow(cells)
        return buffer.getvalue().encode()

    for output in outputs: output.write(line(COLUMNS))
    for index in range(count):
        cells = made(index)
        text = line(cells)
        if dice.random() < 1 / 16_000: text = text.replace(b"a", b"\x8c", 1)
        cells[11] = f"{float(cells[11]) + 1:.2f}"
        changed = line(cells)
        plain.write(text)
        some.write(changed if index % 100 == 0 else text)
        everything.write(changed)
