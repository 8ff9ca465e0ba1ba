"""Tables as files: what people typed stays text."""

import csv
import io
import zipfile

import pytest

from events import exports

HOSTILE = [
    "=1+1",
    "+358 29 000",
    "-2",
    "@SUM(A1)",
    "\tx",
    "\rx",
    '=HYPERLINK("http://evil.example")',
    "http://evil.example",
]


@pytest.mark.parametrize("text", HOSTILE[:7])
def test_a_cell_of_a_csv_file_is_never_calculated(text: str):
    content = exports.as_csv(["name"], [[text]]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert rows == [["name"], [f"'{text}"]]


@pytest.mark.parametrize("text", ["Maija", "a=b", "", 'Äiti; "lainaus"', "1-2"])
def test_other_cells_stay_as_they_are(text: str):
    content = exports.as_csv(["name"], [[text, None, 7]]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content), delimiter=";"))[1] == [text, "", "7"]


def test_a_spreadsheet_holds_strings_alone_no_formula_and_no_link():
    content = exports.as_xlsx(["name"], [[text.replace("\r", "")] for text in HOSTILE])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert [name for name in book.namelist() if "rels" in name and "sheet1" in name] == []
    assert "<f>" not in sheet
    assert sheet.count('t="inlineStr"') == len(HOSTILE) + 1
    assert "=1+1" in sheet
