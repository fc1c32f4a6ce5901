"""Writes the inputs that fuzzing begins with: sound files on every way that HostileRun knows."""

import gzip
import io
import pathlib
import sys
import zipfile

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

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": f'<R><Relationship Id="a" Type="{KIND}/officeDocument" Target="xl/workbook.xml"/></R>',
    "xl/workbook.xml": '<w><workbookPr date1904="1"/><sheets><sheet name="One" id="r1"/></sheets></w>',
    "xl/_rels/workbook.xml.rels": "<R>"
    + "".join(
        f'<Relationship Id="r{number}" Type="{KIND}/{kind}" Target="{name}"/>'
        for number, kind, name in [(1, "worksheet", "s.xml"), (2, "sharedStrings", "t.xml"), (3, "styles", "y.xml")]
    )
    + "</R>",
    "xl/t.xml": "<sst><si><t>a_x000D_</t></si><si><r><t>b</t></r><rPh><t>c</t></rPh></si></sst>",
    "xl/y.xml": '<s><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs></s>',
    "xl/s.xml": '<w><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>45413.5</v></c></row>'
    '<row r="4"><c t="inlineStr"><is><t>x,"y"</t></is></c><c t="b"><f>A1</f><v>1</v></c></row></sheetData></w>',
}
for name, method in [("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)]:
    for kind, files in [("zip", {"a.csv": TEXT, "b/c.csv": "x"}), ("xlsx", WORKBOOK)]:
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", method) as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        (folder / f"{kind}-{name}").write_bytes(bytes([2]) + data.getvalue())
