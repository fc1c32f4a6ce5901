"""Writes the workbooks of XlsxTests again: pip install openpyxl XlsxWriter."""

import datetime
import pathlib

import openpyxl
import xlsxwriter

folder = pathlib.Path(__file__).parent
ROWS = [
    ["id", "name", "opened", "seen", "active", "lat", "zip"],
    [1, 'Joe\'s "Bar"', datetime.date(2024, 5, 1), datetime.datetime(2024, 5, 1, 18, 30), True, 34.052235, 1234],
    [2, "Café, Zürich", datetime.date(1999, 12, 31), datetime.datetime(2000, 1, 1), False, -118.243685, 90210],
    [3, "two\nlines", None, None, True, 1e-7, 501],
    [],
    [5, "漢字 🏪", datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 23, 59, 59), False, 0.1, 99999],
]

book = openpyxl.Workbook()
sheet = book.active
for row in ROWS:
    sheet.append(row)
for number in range(2, 7):
    sheet.cell(number, 3).number_format = "yyyy-mm-dd"
    sheet.cell(number, 4).number_format = "yyyy-mm-dd h:mm:ss"
    sheet.cell(number, 7).number_format = "00000"
book.create_sheet("Other").append(["not", "this"])
book.save(folder / "openpyxl.xlsx")

for name, options in [("xlsxwriter", {}), ("xlsxwriter-constant-memory", {"constant_memory": True})]:
    with xlsxwriter.Workbook(folder / f"{name}.xlsx", options) as book:
        formats = {2: "d mmm yyyy", 3: "dd/mm/yyyy hh:mm", 6: "00000"}
        formats = {column: book.add_format({"num_format": code}) for column, code in formats.items()}
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value, formats.get(column) if number else None)
        book.add_worksheet("Other").write(0, 0, "not this")
