"""How a document is handed out, to everybody alike."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events import documents
from events.models import Document


def paper(
    request: HttpRequest,
    document: Document | None,
    *,
    waiting: str = "events/paper_waiting.html",
    is_kept: bool = False,
) -> HttpResponse:
    """A document; until the worker has made it, a page that says so and looks again.

    One that is kept is saved by the browser, others are shown.
    """
    if document is None or document.made_at is None:
        has_failed = bool(document and document.has_failed)
        response = render(request, waiting, {"has_failed": has_failed}, status=202)
        response["Refresh"] = "60" if has_failed else "3"
        return response
    disposition = f'{"attachment" if is_kept else "inline"}; filename="{documents.filename(document)}"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(documents.content(document), content_type="application/pdf", headers=headers)
