"""Tables as files: CSV and XLSX in which nothing that people typed is taken for a formula or a link."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CELL_LETTERS = 32_767  # what a cell of a spreadsheet holds


def inert(value: Any) -> str:
    """A cell of a CSV file; what a spreadsheet would calculate gets an apostrophe in front, which says: text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Semicolons and a byte order mark, as spreadsheets set to Finnish or Swedish expect."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow([inert(title) for title in header])
    writer.writerows([inert(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Every cell is written as a string, so nothing needs to be changed in it."""
    import xlsxwriter  # noqa: PLC0415 - 3 MB in every web process, for the few organisers that export

    file = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                sheet.write_string(number, column, "" if value is None else str(value)[:CELL_LETTERS])
    return file.getvalue()


FORMATS = {"csv": (as_csv, CSV_TYPE), "xlsx": (as_xlsx, XLSX_TYPE)}
