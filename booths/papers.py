"""How a document is handed out, to exhibitors and organisers alike."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events import documents
from events.models import Document


def paper(request: HttpRequest, document: Document | None) -> HttpResponse:
    """A document; until the worker has made it, a page that says so and looks again."""
    if document is None or document.made_at is None:
        has_failed = bool(document and document.has_failed)
        response = render(request, "booths/paper_waiting.html", {"has_failed": has_failed}, status=202)
        response["Refresh"] = "60" if has_failed else "3"
        return response
    name = documents.filename(document)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(documents.content(document), content_type="application/pdf", headers=headers)
