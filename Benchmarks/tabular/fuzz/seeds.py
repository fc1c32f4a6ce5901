"""Writes the inputs that fuzzing begins with: sound files on every way that HostileRun knows."""

import gzip
import pathlib
import sys

TEXT = 'id,name,lat\n1,"Joe\'s ""Bar""",30.5\n2,"two\nlines",-97.25\n3,Café,0\n'

texts = {
    "utf8": TEXT.encode(),
    "mark": TEXT.encode("utf-8-sig"),
    "utf16": TEXT.encode("utf-16"),
    "utf16be": TEXT.encode("utf-16-be"),
    "windows": TEXT.encode("cp1252"),
    "dos": TEXT.replace("\n", "\r\n").encode("cp437"),
    "mac": TEXT.replace("\n", "\r").encode(),
    "semicolons": b"a;1,5;x\nb;2,5;y\n",
    "sep": b"sep=|\r\na|b\r\n1|2\r\n",
    "preamble": b"Report\n\nid,name,city,zip\n1,a,b,2\n2,c,d,3\n",
}
folder = pathlib.Path(sys.argv[1])
for name, data in texts.items():
    for way in (1, 3, 61, 255):
        (folder / f"text-{name}-{way}").write_bytes(bytes([way]) + data)
    (folder / f"gzip-{name}").write_bytes(bytes([4]) + gzip.compress(data))
