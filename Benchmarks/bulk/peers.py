"""The same files and the same checks with what a data engineer would take otherwise.

usage: peers.py FOLDER [duckdb] [duckdb-report] [delta] [pandas]
Checks: coordinates are numbers on the globe and not 0,0; channel and tier in their lists; sales a number of at least 0; of equal
keys the last one counts; territory and distributor exist. Each peer loads first, then merges the files with 1 % and with all
rows changed into a table with a key. What fails a check is dropped; only duckdb-report says what it was: the first fault of each
record, in a file with the record itself, and how many rows are new, changed and as they were.
"""
import os, shutil, sqlite3, sys, tempfile, time

folder = sys.argv[1]
peers = sys.argv[2:] or ["duckdb", "duckdb-report", "delta", "pandas"]
MAPPED = ["outlet_id", "outlet_name", "address", "latitude", "longitude", "channel", "tier", "territory_id", "dt_code",
          "sales_model", "fulfillment_type", "sales_volume", "new_outlet_flag"]
ROUNDS = [("first", "outlets.csv"), ("unchanged", "outlets.csv"), ("some", "outlets-1pc.csv"), ("all", "outlets-all.csv")]


def told(peer, name, start, rows):
    print(f"{peer:22} {name:10} {time.monotonic() - start:6.2f} s   {rows:,} rows kept", flush=True)


def duckdb_base(work, name):
    """A file with an empty keyed table, and what its rows may refer to."""
    import duckdb
    base = duckdb.connect(f"{work}/{name}.duckdb")
    base.execute("SET threads = 2")
    text = ", ".join(f"{name} VARCHAR" for name in MAPPED if name not in ("latitude", "longitude", "sales_volume"))
    base.execute(f"CREATE TABLE outlets ({text}, latitude DOUBLE, longitude DOUBLE, sales_volume DOUBLE, PRIMARY KEY (outlet_id))")
    base.execute(f"CREATE TABLE territories AS SELECT * FROM read_csv('{folder}/territories.csv', all_varchar = true)")
    base.execute(f"CREATE TABLE distributors AS SELECT * FROM read_csv('{folder}/distributors.csv', all_varchar = true)")
    return base


NAMES = ", ".join(MAPPED)
OTHERS = ", ".join(f"{name} = excluded.{name}" for name in MAPPED[1:])


def duckdb_rounds(work):
    base = duckdb_base(work, "base")
    for name, file in ROUNDS:
        start = time.monotonic()
        base.execute(f"""
            INSERT INTO outlets ({NAMES})
            SELECT {NAMES} FROM (
                SELECT * EXCLUDE (latitude, longitude, sales_volume), TRY_CAST(latitude AS DOUBLE) AS latitude,
                    TRY_CAST(longitude AS DOUBLE) AS longitude, TRY_CAST(sales_volume AS DOUBLE) AS sales_volume
                FROM (SELECT *, row_number() OVER () AS line
                      FROM read_csv('{folder}/{file}', all_varchar = true, ignore_errors = true, strict_mode = false))
                WHERE TRY_CAST(latitude AS DOUBLE) BETWEEN -90 AND 90 AND TRY_CAST(longitude AS DOUBLE) BETWEEN -180 AND 180
                    AND NOT (TRY_CAST(latitude AS DOUBLE) = 0 AND TRY_CAST(longitude AS DOUBLE) = 0)
                    AND channel IN ('GT', 'MT', 'WS') AND tier IN ('A', 'B', 'C') AND TRY_CAST(sales_volume AS DOUBLE) >= 0
                    AND territory_id IN (SELECT territory_id FROM territories) AND dt_code IN (SELECT dt_code FROM distributors)
                QUALIFY row_number() OVER (PARTITION BY outlet_id ORDER BY line DESC) = 1)
            ON CONFLICT (outlet_id) DO UPDATE SET {OTHERS}""")
        told("DuckDB, keyed table", name, start, base.execute("SELECT count(*) FROM outlets").fetchone()[0])


def duckdb_report_rounds(work):
    base = duckdb_base(work, "reporting")
    taken = "outlet_id, outlet_name, address, lat, lon, upper(channel), tier, territory_id, dt_code, sales_model, " \
        "fulfillment_type, volume, new_outlet_flag"
    for name, file in ROUNDS:
        start = time.monotonic()
        source = f"read_csv('{folder}/{file}', all_varchar = true, ignore_errors = true, strict_mode = false)"
        base.execute(f"""
            CREATE OR REPLACE TEMP TABLE judged AS
            SELECT * REPLACE (CASE WHEN code IS NULL AND row_number() OVER (
                    PARTITION BY outlet_id, code IS NULL ORDER BY record DESC) > 1 THEN 'DUPLICATE' ELSE code END AS code)
            FROM (SELECT *, CASE
                    WHEN outlet_id IS NULL OR outlet_name IS NULL OR channel IS NULL OR territory_id IS NULL THEN 'MISSING'
                    WHEN lat IS NULL AND latitude IS NOT NULL OR lon IS NULL AND longitude IS NOT NULL
                        OR volume IS NULL AND sales_volume IS NOT NULL THEN 'NO_NUMBER'
                    WHEN lat = 0 AND lon = 0 THEN 'ZERO'
                    WHEN lat NOT BETWEEN -90 AND 90 OR lon NOT BETWEEN -180 AND 180 THEN 'OFF_THE_GLOBE'
                    WHEN upper(channel) NOT IN ('GT', 'MT', 'WS') OR tier NOT IN ('A', 'B', 'C') THEN 'NOT_IN_LIST'
                    WHEN volume NOT BETWEEN 0 AND 1e9 THEN 'OUT_OF_RANGE'
                    WHEN length(outlet_name) > 200 THEN 'TOO_LONG'
                    WHEN territory_id NOT IN (SELECT territory_id FROM territories)
                        OR dt_code NOT IN (SELECT dt_code FROM distributors) THEN 'UNKNOWN'
                END AS code
                FROM (SELECT row_number() OVER () AS record, *, TRY_CAST(latitude AS DOUBLE) AS lat,
                        TRY_CAST(longitude AS DOUBLE) AS lon, TRY_CAST(sales_volume AS DOUBLE) AS volume FROM {source}))""")
        base.execute(f"""
            COPY (SELECT * EXCLUDE (lat, lon, volume) FROM judged WHERE code IS NOT NULL ORDER BY record)
            TO '{work}/report.csv' (HEADER)""")
        base.execute(f"""
            SELECT count(*) FILTER (o.outlet_id IS NULL), count(*) FILTER (o IS NOT DISTINCT FROM n), count(*)
            FROM (SELECT ROW({taken}) AS n, outlet_id FROM judged WHERE code IS NULL)
            LEFT JOIN (SELECT ROW({NAMES}) AS o, outlet_id FROM outlets) o USING (outlet_id)""").fetchone()
        base.execute(f"""
            INSERT INTO outlets ({NAMES}) SELECT {taken} FROM judged WHERE code IS NULL
            ON CONFLICT (outlet_id) DO UPDATE SET {OTHERS}""")
        told("DuckDB, with a report", name, start, base.execute("SELECT count(*) FROM outlets").fetchone()[0])


def checked(file):
    """The rows that pass, as a data frame."""
    import pandas
    frame = pandas.read_csv(f"{folder}/{file}", dtype=str, usecols=MAPPED, encoding="utf-8", encoding_errors="replace",
                            keep_default_na=False)
    for name in ("latitude", "longitude", "sales_volume"): frame[name] = pandas.to_numeric(frame[name], errors="coerce")
    territories = set(pandas.read_csv(f"{folder}/territories.csv", dtype=str)["territory_id"])
    distributors = set(pandas.read_csv(f"{folder}/distributors.csv", dtype=str)["dt_code"])
    frame = frame[frame.latitude.between(-90, 90) & frame.longitude.between(-180, 180)
                  & ~((frame.latitude == 0) & (frame.longitude == 0)) & frame.channel.isin(["GT", "MT", "WS"])
                  & frame.tier.isin(["A", "B", "C"]) & (frame.sales_volume >= 0)
                  & frame.territory_id.isin(territories) & frame.dt_code.isin(distributors)]
    return frame.drop_duplicates("outlet_id", keep="last")[MAPPED]


def delta_rounds(work):
    import pyarrow
    from deltalake import DeltaTable, write_deltalake
    place = f"{work}/delta"
    for name, file in ROUNDS:
        start = time.monotonic()
        table = pyarrow.Table.from_pandas(checked(file), preserve_index=False)
        if name == "first":
            write_deltalake(place, table)
        else:
            (DeltaTable(place).merge(table, predicate="t.outlet_id = s.outlet_id", source_alias="s", target_alias="t")
             .when_matched_update_all().when_not_matched_insert_all().execute())
        told("delta-rs, merge", name, start, len(table))


def pandas_rounds(work):
    base = sqlite3.connect(f"{work}/pandas.sqlite")
    base.execute("PRAGMA journal_mode = WAL")
    kinds = {name: "REAL" if name in ("latitude", "longitude", "sales_volume") else "TEXT" for name in MAPPED}
    columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    base.execute(f"CREATE TABLE outlets ({columns}, PRIMARY KEY (outlet_id)) WITHOUT ROWID")
    base.execute("CREATE INDEX outlets_by_territory ON outlets (territory_id)")
    others = ", ".join(f"{name} = excluded.{name}" for name in MAPPED[1:])
    sql = (f"INSERT INTO outlets VALUES ({', '.join('?' * len(MAPPED))}) ON CONFLICT (outlet_id) DO UPDATE SET {others}")
    for name, file in ROUNDS:
        start = time.monotonic()
        frame = checked(file)
        with base: base.executemany(sql, frame.itertuples(index=False, name=None))
        told("pandas into SQLite", name, start, len(frame))


for peer in peers:
    work = tempfile.mkdtemp(prefix="srto-peers.", dir=os.environ.get("TMPDIR", "/tmp"))
    try:
        {"duckdb": duckdb_rounds, "duckdb-report": duckdb_report_rounds, "delta": delta_rounds, "pandas": pandas_rounds}[peer](work)
    finally:
        shutil.rmtree(work)
