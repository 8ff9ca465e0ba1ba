"""What is accepted, what it becomes, how it is served and forgotten."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from events import clock, uploads
from events.models import Event, Upload
from tests.factories import at, make_call, make_event, make_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Refusals are read in English here."""
    with translation.override("en"):
        yield


@pytest.fixture
def event(settings, tmp_path) -> Event:
    settings.MEDIA_ROOT = tmp_path
    return make_event()


def picture(form: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> ContentFile:
    file = io.BytesIO()
    Image.new(mode, size).save(file, form, **options)
    return ContentFile(file.getvalue(), name=f"kuva.{form.lower()}")


def pdf(*, catalogue: dict[str, Any] | None = None, page: dict[str, Any] | None = None, **options: Any) -> ContentFile:
    """A PDF of one page with these entries in its catalogue and its page."""
    writer = pypdf.PdfWriter()
    blank = writer.add_blank_page(200, 200)
    writer.root_object.update({NameObject(name): value for name, value in (catalogue or {}).items()})
    blank.update({NameObject(name): value for name, value in (page or {}).items()})
    for number in range(options.get("indirect", 0)):
        blank[NameObject(f"/Y{number}")] = writer._add_object(DictionaryObject())
    if "password" in options:
        writer.encrypt(options["password"], algorithm="RC4-128")
    if "attached" in options:
        writer.add_attachment("virus.exe", options["attached"])
    file = io.BytesIO()
    writer.write(file)
    return ContentFile(file.getvalue(), name="liite.pdf")


def action(kind: str, **entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), **{NameObject(k): v for k, v in entries.items()}})


def png_that_claims(width: int, height: int) -> ContentFile:
    """The head of a PNG of that size, a few bytes long: a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100_000))
    return ContentFile(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""), "x.png"
    )


# --- Pictures ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_a_picture_becomes_a_jpeg_without_anything_else(form: str, mode: str):
    content = uploads.read_picture(picture(form, mode=mode))
    with Image.open(io.BytesIO(content.data)) as made:
        assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (60, 40))
        assert not made.getexif()
        assert "comment" not in made.info


def test_where_it_was_taken_is_dropped_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    content = uploads.read_picture(picture("JPEG", exif=exif.tobytes()))
    with Image.open(io.BytesIO(content.data)) as made:
        assert (made.size, dict(made.getexif())) == ((40, 60), {})


def test_what_hides_behind_a_picture_is_gone():
    polyglot = picture("JPEG", comment=b"<script>alert(1)</script>").read() + b"<?php system($_GET[0]); ?>"
    data = uploads.read_picture(ContentFile(polyglot, name="kuva.jpg")).data
    assert b"script" not in data
    assert b"php" not in data


def test_a_transparent_picture_stands_on_white():
    content = uploads.read_picture(picture("PNG", mode="RGBA"))
    with Image.open(io.BytesIO(content.data)) as made:
        assert made.getpixel((5, 5)) == (255, 255, 255)


def test_a_large_one_is_made_smaller():
    content = uploads.read_picture(picture("JPEG", (5000, 2500)))
    assert (content.width, content.height) == (2000, 1000)


@pytest.mark.parametrize("size", [(8000, 8000), (20_000, 20_000), (60_000, 60_000)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(size: tuple[int, int], monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", None)  # whoever decodes fails
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        with pytest.raises(uploads.Refused, match="50 million"):
            uploads.read_picture(png_that_claims(*size))


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"",
        b"GIF89a",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n broken",
        picture("GIF").read(),
        picture("TIFF").read(),
        picture("JPEG").read()[:200],
    ],
)
def test_what_is_no_picture_of_a_known_kind_is_refused_whatever_its_name(data: bytes):
    with pytest.raises(uploads.Refused, match="JPEG, PNG or WebP"):
        uploads.read_picture(ContentFile(data, name="kuva.png"))


def test_a_picture_above_the_limit_is_refused_by_its_size():
    with pytest.raises(uploads.Refused, match="8 MB"):
        uploads.read_picture(ContentFile(bytes(uploads.PICTURE_BYTES + 1), name="kuva.jpg"))


# --- PDFs -------------------------------------------------------------------------------------------------------------
def test_a_plain_pdf_is_written_anew_and_can_be_read():
    sent = pdf(catalogue={"/OpenAction": action("/GoTo", **{"/D": ArrayObject([NumberObject(0), NameObject("/Fit")])})})
    before = sent.read() + b"\n<script>hidden behind the end</script>"
    content = uploads.read_pdf(ContentFile(before, name="liite.pdf"))
    assert len(pypdf.PdfReader(io.BytesIO(content.data)).pages) == 1
    assert b"hidden" not in content.data


SCRIPT = action("/JavaScript", **{"/JS": TextStringObject("app.alert(1)")})
HOSTILE = {
    "a script on opening": {"catalogue": {"/OpenAction": SCRIPT}},
    "a script of a page": {"page": {"/AA": DictionaryObject({NameObject("/O"): SCRIPT})}},
    "a script behind a link": {"page": {"/Annots": ArrayObject([DictionaryObject({NameObject("/A"): SCRIPT})])}},
    "a program": {"catalogue": {"/OpenAction": action("/Launch", **{"/F": TextStringObject("cmd.exe")})}},
    "a form that sends itself": {"page": {"/A": action("/SubmitForm")}},
    "a later step": {"page": {"/A": action("/URI", **{"/Next": action("/Launch")})}},
    "forms of another kind": {
        "catalogue": {"/AcroForm": DictionaryObject({NameObject("/XFA"): TextStringObject("x")})}
    },
    "a film": {
        "page": {"/Annots": ArrayObject([DictionaryObject({NameObject("/Subtype"): NameObject("/RichMedia")})])}
    },
    "another file": {"attached": b"MZ"},
}


@pytest.mark.parametrize("entries", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_pdf_with_something_that_runs_is_refused(entries: dict[str, Any]):
    with pytest.raises(uploads.Refused, match="scripts, actions or other files"):
        uploads.read_pdf(pdf(**entries))


def test_a_pdf_tells_its_title_and_not_who_has_made_it():
    note = StreamObject()
    note.set_data(b"<dc:creator>Salla Salainen</dc:creator>")
    writer = pypdf.PdfWriter(clone_from=pdf())
    writer.add_metadata({"/Title": "Naapurusto", "/Author": "Salla Salainen", "/Creator": "Sallan kone"})
    writer.root_object[NameObject("/Metadata")] = writer._add_object(note)
    file = io.BytesIO()
    writer.write(file)
    kept = uploads.read_pdf(ContentFile(file.getvalue(), "x.pdf")).data
    assert dict(pypdf.PdfReader(io.BytesIO(kept)).metadata or {}) == {"/Title": "Naapurusto"}
    assert b"Salla" not in kept


def test_a_name_in_disguise_is_known():
    hidden = (
        pdf(catalogue={"/OpenAction": SCRIPT})
        .read()
        .replace(b"/JavaScript", b"/J#61vaScrip#74")
        .replace(b"/JS", b"/#4AS")
    )
    with pytest.raises(uploads.Refused):
        uploads.read_pdf(ContentFile(hidden, name="liite.pdf"))


def test_a_protected_pdf_is_refused():
    with pytest.raises(uploads.Refused, match="password"):
        uploads.read_pdf(pdf(password="secret"))


@pytest.mark.parametrize("data", [b"", b"hello", b" %PDF-1.7", b"<html>%PDF-1.7", picture("JPEG").read()])
def test_what_does_not_begin_as_a_pdf_is_refused(data: bytes):
    with pytest.raises(uploads.Refused, match="not a PDF"):
        uploads.read_pdf(ContentFile(data, name="liite.pdf"))


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.7\n" + b"x" * 5000, pdf().read()[:200]])
def test_a_pdf_that_cannot_be_read_is_refused(data: bytes):
    with pytest.raises(uploads.Refused, match="cannot read"):
        uploads.read_pdf(ContentFile(data, name="liite.pdf"))


def test_a_pdf_that_unpacks_to_200_mb_is_refused():
    packed = zlib.compress(bytes(200_000_000))
    parts, offsets = b"%PDF-1.7\n", []
    hidden = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed) + packed
    for number, body in enumerate([b"<</Type/Catalog/X 5 0 R>>", b"<<>>", hidden + b"\nendstream"], start=1):
        offsets.append(len(parts))
        parts += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    rows = [(0, 0, 65535), *((1, offset, 0) for offset in [*offsets, len(parts)]), (2, 3, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    head = b"4 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(parts)
    with pytest.raises(uploads.Refused, match="cannot read") as refused:
        uploads.read_pdf(ContentFile(parts + head + table + end, name="liite.pdf"))
    assert isinstance(refused.value.__cause__, pypdf.errors.LimitReachedError)


def test_a_pdf_of_very_many_objects_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "PDF_OBJECTS", 3)
    with pytest.raises(uploads.Refused, match="too complicated"):
        uploads.read_pdf(pdf(page={f"/X{n}": DictionaryObject() for n in range(3)}, indirect=5))


def test_a_pdf_above_the_limit_is_refused_by_its_size():
    with pytest.raises(uploads.Refused, match="10 MB"):
        uploads.read_pdf(ContentFile(b"%PDF-" + bytes(uploads.PDF_BYTES), name="liite.pdf"))


# --- Keeping, serving, forgetting -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Kuva äö 1.PNG", "Kuva äö 1.jpg"),
        ("../../etc/passwd", "etc_passwd.jpg"),
        ('a"b\r\nSet-Cookie: x.png', "a_b Set-Cookie_ x.jpg"),
        ("", "file.jpg"),
        ("x" * 300 + ".png", "x" * 100 + ".jpg"),
        ("\u202egnp.exe", "gnp.jpg"),
    ],
)
def test_the_name_is_tidied(name: str, kept: str):
    assert uploads.tidy_name(name, Upload.Kind.PICTURE) == kept


def test_a_file_is_kept_under_a_random_name_in_a_private_place(event: Event, settings):
    first, second = (uploads.keep(event, picture("PNG"), Upload.Kind.PICTURE) for _number in range(2))
    assert first.random_name != second.random_name
    (path,) = [path for path in settings.MEDIA_ROOT.rglob("*.jpg") if path.name == first.random_name]
    assert path.parent.parent == settings.MEDIA_ROOT / "uploads"
    assert (path.stat().st_mode & 0o077, first.size) == (0, path.stat().st_size)


def test_a_pdf_is_served_to_be_saved_and_a_picture_to_be_seen(event: Event):
    document = uploads.serve(uploads.keep(event, pdf(), Upload.Kind.PDF))
    shown = uploads.serve(uploads.keep(event, picture("PNG"), Upload.Kind.PICTURE))
    assert (document["Content-Type"], document["Content-Disposition"]) == (
        "application/pdf", 'attachment; filename="liite.pdf"',
    )  # fmt: skip
    assert (shown["Content-Type"], shown["Content-Disposition"]) == ("image/jpeg", 'inline; filename="kuva.jpg"')
    assert {answer["X-Content-Type-Options"] for answer in (document, shown)} == {"nosniff"}


def test_a_token_stands_for_its_own_file_only(event: Event):
    upload = uploads.keep(event, picture("PNG"), Upload.Kind.PICTURE)
    token = uploads.token_of(upload)
    assert uploads.by_token(event, Upload.Kind.PICTURE, token) == upload
    assert uploads.by_token(event, Upload.Kind.PDF, token) is None
    assert uploads.by_token(event, Upload.Kind.PICTURE, token[:-2]) is None
    assert uploads.by_token(make_event(slug="2022", is_current=False), Upload.Kind.PICTURE, token) is None


def test_what_nobody_points_at_is_forgotten_after_two_days(
    event: Event, settings, moment, django_capture_on_commit_callbacks
):
    used, loose = (uploads.keep(event, picture("PNG"), Upload.Kind.PICTURE) for _number in range(2))
    make_proposal(make_call(event), picture=used)
    moment.move_to(at("2024-10-16 08:00"))
    assert uploads.forget_loose(clock.now()) == 0
    moment.move_to(at("2024-10-16 10:00"))
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.forget_loose(clock.now()) == 1
    assert list(Upload.objects.all()) == [used]
    assert [path.name for path in settings.MEDIA_ROOT.rglob("*.jpg")] == [used.random_name]
    assert not Upload.objects.filter(pk=loose.pk).exists()
