"""Files that people send in: what is accepted, how it is made harmless, how it is kept and served.

Nothing is kept as it came. A picture is decoded and encoded anew as JPEG, which drops where it was taken and whatever
else was hidden in it; a PDF is read, refused when it carries anything that runs, and written anew from what was read,
without what programs note about who has made it: reviewers of a blind call read it, too.
Both get random names and are served by views that have asked who wants them.
"""

import io
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from events import clock, tokens
from events.models import Event, Upload
from events.plaintext import clean_line
from events.transitions import Refusal

PICTURE_BYTES, PDF_BYTES = 8 * 1024**2, 10 * 1024**2
MOST_BYTES = max(PICTURE_BYTES, PDF_BYTES)
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS = 50_000_000  # a telephone's largest; decoded they would take 150 MB
LONGEST_SIDE = 2000
JPEG_QUALITY = 85
PDF_OBJECTS = 20_000  # a few seconds of work; slides of a conference have some thousands
KEEP_LOOSE = timedelta(days=2)  # what was sent with a form that was never saved
TOKEN = "upload"

# What a PDF may not carry. A name may be written with #xx for its letters; the parser has undone that.
FORBIDDEN_KEYS = {"/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent"}
FORBIDDEN_ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute",
}  # fmt: skip
FORBIDDEN_TYPES = {"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}


class Refused(Refusal):
    """The file is not accepted; the message says why and what to do."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


class Content(NamedTuple):
    """A file made harmless."""

    kind: str
    data: bytes
    width: int | None = None
    height: int | None = None


def takes_files(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view expects files; everywhere else a form with a file is refused before its bytes are kept."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


# --- Reading ----------------------------------------------------------------------------------------------------------
def read_picture(file: File) -> Content:
    """Decode and encode anew. What the file is called, or says that it is, does not matter."""
    if (file.size or 0) > PICTURE_BYTES:
        raise Refused(_("The picture is larger than 8 MB. Save it smaller and choose it again."))
    try:
        with Image.open(file, formats=PICTURE_FORMATS) as picture:  # reads the head only
            if picture.width * picture.height > PIXELS:
                raise Refused(TOO_MANY_PIXELS)
            return _encoded(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(TOO_MANY_PIXELS) from error
    except (OSError, SyntaxError, ValueError, ArithmeticError, EOFError, LookupError) as error:
        raise Refused(_("This is not a picture that we can read. Choose a JPEG, PNG or WebP file.")) from error


TOO_MANY_PIXELS = _("The picture has more than 50 million pixels. Save it smaller and choose it again.")


def _encoded(picture: Image.Image) -> Content:
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded at a fraction of its size
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
    else:
        flat = upright.convert("RGB")
    flat.info.clear()
    written = io.BytesIO()
    flat.save(written, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return Content(Upload.Kind.PICTURE, written.getvalue(), *flat.size)


def read_pdf(file: File) -> Content:
    """Read and write anew; refused when it cannot be read or carries something that runs."""
    if (file.size or 0) > PDF_BYTES:
        raise Refused(_("The PDF is larger than 10 MB. Save it smaller and choose it again."))
    file.seek(0)
    data = file.read()
    if not data.startswith(b"%PDF-"):
        raise Refused(_("This is not a PDF. Save your document as a PDF and choose it again."))
    try:
        return Content(Upload.Kind.PDF, _rewritten(data))
    except Refused:
        raise
    except Exception as error:  # a parser of hostile files fails in many ways; whatever it is, the file is refused
        raise Refused(_("We cannot read this PDF. Save your document as a PDF again and choose that one.")) from error


def _rewritten(data: bytes) -> bytes:
    import pypdf  # noqa: PLC0415 - some MB of memory that most web processes never need

    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise Refused(_("The PDF is protected with a password. Save it without one and choose it again."))
    root = reader.trailer["/Root"]
    if any(_runs(found) for found in _dictionaries(root)):
        raise Refused(_("The PDF carries scripts, actions or other files. Print it to a new PDF and choose that one."))
    for found in _dictionaries(root):
        found.pop("/Metadata", None)
    writer = pypdf.PdfWriter(clone_from=reader)
    title = reader.metadata.title if reader.metadata else None
    writer.metadata = {"/Title": title} if title else None
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _dictionaries(root: Any) -> Iterator[Any]:
    """Every dictionary that can be reached; no recursion, and an end even if the file refers to itself."""
    seen: set[tuple[int, int]] = set()
    waiting = [root]
    while waiting:
        found = waiting.pop()
        if hasattr(found, "idnum"):
            if (found.idnum, found.generation) in seen:
                continue
            seen.add((found.idnum, found.generation))
            if len(seen) > PDF_OBJECTS:
                raise Refused(_("The PDF is too complicated for us. Print it to a new PDF and choose that one."))
            found = found.get_object()
        if isinstance(found, dict):
            yield found
            waiting.extend(dict.values(found))
        elif isinstance(found, list):
            waiting.extend(list.__iter__(found))


def _runs(found: dict[str, Any]) -> bool:
    if FORBIDDEN_KEYS & found.keys():
        return True
    return (
        found.get("/S") in FORBIDDEN_ACTIONS or {found.get("/Type"), found.get("/Subtype")} & FORBIDDEN_TYPES != set()
    )


# --- Keeping ----------------------------------------------------------------------------------------------------------
READERS: dict[str, Callable[[File], Content]] = {Upload.Kind.PICTURE: read_picture, Upload.Kind.PDF: read_pdf}


def keep(event: Event, file: Any, kind: str) -> Upload:
    """Read, and keep under a random name; the row is somebody's as soon as another row points at it."""
    content = READERS[kind](file)
    random_name = f"{secrets.token_hex(16)}.{Upload.ENDINGS[kind]}"
    upload = Upload(
        event=event, kind=kind, random_name=random_name, name=tidy_name(file.name or "", kind), size=len(content.data),
        width=content.width, height=content.height, added_at=clock.now(),
    )  # fmt: skip
    upload.file.save(random_name, ContentFile(content.data), save=False)
    upload.save(force_insert=True)
    return upload


def tidy_name(name: str, kind: str) -> str:
    """What a file was called, with the ending of what it is now: letters, digits and a few signs."""
    stem = re.sub(r"\.\w{1,5}$", "", clean_line(name))
    stem = re.sub(r"[^\w .()-]+", "_", stem).strip(" ._")[:100] or "file"
    return f"{stem}.{Upload.ENDINGS[kind]}"


def token_of(upload: Upload) -> str:
    """For a hidden field: whoever has sent the file may keep it while the rest of the form is mended."""
    return tokens.make(TOKEN, upload.pk, 1)


def by_token(event: Event, kind: str, value: str) -> Upload | None:
    """The file of such a field; None when it was not made by us, is of another kind or is gone."""
    token = tokens.read(TOKEN, value) if value else None
    return Upload.objects.filter(pk=token.pk, event=event, kind=kind).first() if token else None


# --- Serving, forgetting ----------------------------------------------------------------------------------------------
def serve(upload: Upload) -> HttpResponse:
    """The file, for a view that has checked who asks. A PDF is saved, not opened within the site."""
    with upload.file.open("rb") as kept:
        response = HttpResponse(kept.read(), content_type=upload.media_type)
    is_attachment = upload.kind != Upload.Kind.PICTURE
    name = upload.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    response["Content-Disposition"] = f'{"attachment" if is_attachment else "inline"}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def forget(upload: Upload) -> None:
    """Delete a file and its row; the bytes go when the transaction is through."""
    storage, place = upload.file.storage, str(upload.file.name)
    upload.delete()
    transaction.on_commit(lambda: storage.delete(place))


def loose(before: datetime) -> QuerySet[Upload]:
    """Files that no row of any app points at."""
    rows = Upload.objects.filter(added_at__lt=before)
    for relation in Upload._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.related_model:
            table: Any = relation.related_model
            name = relation.field.name  # type: ignore[union-attr]
            rows = rows.filter(~Exists(table._default_manager.filter(**{name: OuterRef("pk")})))
    return rows


def forget_loose(at: datetime) -> int:
    """Delete what was sent with forms that were never saved, and what was replaced; how many."""
    found = list(loose(at - KEEP_LOOSE))
    for upload in found:
        with transaction.atomic():
            forget(upload)
    return len(found)
