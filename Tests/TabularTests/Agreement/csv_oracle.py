"""Reads each text of the file argv[1] with Python's csv module and writes the records to argv[2].

A text: delimiter, quote (a byte each), length (4 bytes, little endian), bytes. Its answer: a byte that is 1 when the strict
reader refuses the text, the number of records that are not empty, and for each the number of fields and each field's length
and bytes. Bytes are read as Latin-1, so that every byte is a character.
"""

import csv
import io
import struct
import sys

csv.field_size_limit(1 << 30)


def read(text, delimiter, quote, strict):
    lines = io.StringIO(text, newline="")
    return [record for record in csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=strict) if record]


def is_refused(text, delimiter, quote):
    try:
        read(text, delimiter, quote, True)
        return False
    except csv.Error:
        return True


def main():
    with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
        while head := source.read(6):
            delimiter, quote, length = chr(head[0]), chr(head[1]), struct.unpack("<I", head[2:])[0]
            text = source.read(length).decode("latin-1")
            records = read(text, delimiter, quote, False)
            target.write(struct.pack("<BI", is_refused(text, delimiter, quote), len(records)))
            for record in records:
                target.write(struct.pack("<I", len(record)))
                for field in record:
                    target.write(struct.pack("<I", len(field)) + field.encode("latin-1"))


main()
