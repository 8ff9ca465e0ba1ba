"""The certificate of attendance: a tagged PDF in the person's language, with the funding statement."""

import io

import pypdf
import pytest

from events import documents
from events.models import Document
from tests.browser.post import words_in
from tests.factories import at, make_event
from tests.webinars.helpers import make_webinar, sign_up_one
from webinars import certificates, services
from webinars.models import SignUp

pytestmark = pytest.mark.django_db


def made(moment, **given) -> bytes:
    row = sign_up_one(make_webinar(make_event()), **given)
    moment.move_to(at("2024-11-12 09:00"))
    services.join(row.pk, network="a")
    moment.move_to(at("2024-11-12 10:00"))
    row = SignUp.objects.select_related("webinar").get(pk=row.pk)
    certificates.ask(row)
    return documents.content(certificates.find(row))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", ["Osallistumistodistus", "Anna Ek", "60 minuuttia", "klo 9.00–10.00", "Euroopan unionin osarahoittama"]),
        ("sv", ["Deltagarintyg", "Anna Ek", "60 minuter", "kl. 9.00–10.00", "Medfinansieras av Europeiska unionen"]),
        ("en", ["Certificate of attendance", "Anna Ek", "60 minutes", "Co-funded by the European Union"]),
    ],
)
def test_it_says_who_took_part_in_what_in_their_language(moment, language, words):
    content = made(moment, language=language, name="Anna Ek")
    found = " ".join(words_in(content).split())
    assert [word for word in words if word not in found] == []
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert (str(root["/Lang"]), bool(root["/MarkInfo"]["/Marked"]), len(reader.pages)) == (language, True, 1)


def test_a_long_name_in_other_letters_stays_on_one_page(moment):
    name = "نور الهدى " * 11
    content = made(moment, name=name.strip(), organisation="Ö" * 160)
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1


def test_who_did_not_come_gets_none(moment):
    row = sign_up_one(make_webinar(make_event()))
    certificates.ask(row)
    assert documents.make_next()
    assert Document.objects.count() == 0
