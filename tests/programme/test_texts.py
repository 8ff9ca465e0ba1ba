"""How far each language is, and tables of texts that go out, come back, are looked at and taken over."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from events import exports
from events.models import Event, LogEntry, Membership
from programme import texts
from programme.models import Session, SessionText
from programme.services import texts as services
from programme.texts import Line
from tests.factories import make_event, make_organiser
from tests.organisers import enter, make_member
from tests.sessions import make_session, make_speaker

pytestmark = pytest.mark.django_db
PAGE = "/en/admin/programme/session/translations/"


@pytest.fixture
def event() -> Event:
    return make_event()


def edit(session: Session, **words: str) -> None:
    """As the admin does it."""
    before = services.locked(session.pk)
    Session.objects.filter(pk=session.pk).update(**words)
    services.note_edit(before, Session.objects.get(pk=session.pk))


def states(session: Session) -> str:
    found = texts.states(Session.objects.get(pk=session.pk))
    return " ".join(found[code].value for code in ("fi", "sv", "en"))


def new(event: Event, **words: str) -> Session:
    """A session whose texts are written now."""
    blank = {f"{name}_{code}": "" for name in ("title", "abstract") for code in ("fi", "sv", "en")}
    session = make_session(event, **{**blank, **words})
    services.note_edit(None, session)
    return session


# --- States -----------------------------------------------------------------------------------------------------------
def test_a_translation_that_follows_makes_nothing_out_of_date(event: Event, moment):
    session = new(event, title_fi="Luento", abstract_fi="Kuvaus")
    assert states(session) == "written missing missing"
    moment.shift(60)
    edit(session, title_sv="Föreläsning")
    assert states(session) == "written missing missing"  # the description is still to come
    moment.shift(60)
    edit(session, abstract_sv="Beskrivning")
    moment.shift(60)
    edit(session, title_en="Lecture", abstract_en="Description")
    assert states(session) == "written written written"


def test_a_changed_text_makes_the_others_out_of_date_until_they_follow_or_are_reviewed(event: Event, moment):
    session = new(event, title_fi="Luento", title_sv="Föreläsning", title_en="Lecture")
    organiser = make_organiser(event)
    services.mark_reviewed(session.pk, "sv", by=organiser)
    assert states(session) == "written reviewed written"
    moment.shift(60)
    edit(session, title_fi="Puheenvuoro")
    assert states(session) == "written outdated outdated"
    moment.shift(60)
    edit(session, title_sv="Anförande")
    assert states(session) == "written written outdated"
    moment.shift(60)
    services.mark_reviewed(session.pk, "en", by=organiser)
    assert states(session) == "written written reviewed"


def test_an_edit_of_a_reviewed_text_has_to_be_reviewed_again(event: Event, moment):
    session = new(event, title_fi="Luento", title_sv="Föreläsning", title_en="Lecture")
    services.mark_reviewed(session.pk, "fi", by=make_organiser(event))
    moment.shift(60)
    edit(session, title_fi="Puheenvuoro")
    row = SessionText.objects.get(session=session, language="fi")
    assert (row.reviewed_at, row.reviewed_by) == (None, None)


def test_texts_that_are_changed_together_are_all_new(event: Event, moment):
    session = new(event, title_fi="Luento", title_sv="Föreläsning", title_en="Lecture")
    moment.shift(60)
    edit(session, title_fi="Puheenvuoro", title_sv="Anförande")
    assert states(session) == "written written outdated"


def test_what_is_missing_cannot_be_marked_as_reviewed(event: Event):
    session = new(event, title_fi="Luento")
    with pytest.raises(services.NothingToReview):
        services.mark_reviewed(session.pk, "sv", by=make_organiser(event))


def test_why_a_session_is_not_public_is_said(event: Event):
    session = new(event, title_fi="Luento")
    session.is_ready = False
    with translation.override("en"):
        reasons = [str(reason) for reason in texts.why_not_public(session, is_released=False)]
    assert reasons == ["not ready", "no Swedish title", "not released yet"]
    assert texts.why_not_public(session, is_released=True) == []


# --- Tables -----------------------------------------------------------------------------------------------------------
def upload(content: bytes, name: str = "table.xlsx") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    file.size = len(content)  # type: ignore[attr-defined]
    return file


def out_and_in(event: Event, language: str, **translated: str) -> list[Line]:
    """The table goes out, some cells are filled in by "session-1/title", and it comes back."""
    lines = texts.read_table(upload(texts.as_table(event, language)), language)
    return [line._replace(translation=translated.get(f"{line.key}/{line.field}", line.translation)) for line in lines]


def as_xlsx(lines: list[Line], language: str = "sv") -> bytes:
    header = [f"{name} ({language})" if name == "translation" else name for name in texts.HEADER]
    return exports.as_xlsx(header, lines)


def test_a_table_has_every_text_with_its_source_and_comes_back_as_it_went_out(event: Event):
    session = new(event, title_fi="=1+1 Luento\n", abstract_fi="Rivi 1\nRivi <2> & _x0041_", title_sv="Föreläsning")
    speaker = make_speaker(event, biography_fi="Opettaja")
    make_session(event, speakers=[speaker], title_fi="X", title_sv="X", title_en="X")
    lines = texts.read_table(upload(texts.as_table(event, "sv")), "sv")
    assert lines == texts.lines(event, "sv")
    own = {(line.field): line for line in lines if line.key == f"session-{session.pk}"}
    assert own["title"].source_language == "fi"
    assert own["title"].translation == "Föreläsning"
    assert own["abstract"].translation == ""
    assert f"speaker-{speaker.pk}" in {line.key for line in lines}


def test_translations_are_taken_over_and_follow_their_source(event: Event, moment):
    session = new(event, title_fi="Luento", abstract_fi="Kuvaus", title_en="Lecture", abstract_en="Description")
    key = f"session-{session.pk}"
    moment.shift(60)
    back = out_and_in(event, "sv", **{f"{key}/title": "Föreläsning", f"{key}/abstract": "Beskrivning"})
    taken = services.take_over(event, "sv", back, by=make_organiser(event))
    session.refresh_from_db()
    assert (taken.number, taken.left) == (2, [])
    assert (session.title_sv, session.abstract_sv) == ("Föreläsning", "Beskrivning")
    assert states(session) == "written written written"
    assert LogEntry.objects.about(session).filter(action="translation taken over").count() == 1


def test_a_translation_changed_meanwhile_is_shown_and_not_overwritten(event: Event):
    session = new(event, title_fi="Luento", title_sv="Föreläsning")
    back = out_and_in(event, "sv", **{f"session-{session.pk}/title": "Anförande"})
    edit(session, title_sv="Diskussion")
    [difference] = texts.differences(event, "sv", back)
    assert difference.problem == texts.CHANGED_TRANSLATION
    assert (difference.present, difference.line.translation) == ("Diskussion", "Anförande")
    assert services.take_over(event, "sv", back, by=make_organiser(event)).number == 0
    session.refresh_from_db()
    assert session.title_sv == "Diskussion"


def test_a_translation_of_a_text_that_is_another_now_is_not_taken_over(event: Event):
    session = new(event, title_fi="Luento")
    back = out_and_in(event, "sv", **{f"session-{session.pk}/title": "Föreläsning"})
    edit(session, title_fi="Puheenvuoro")
    assert [one.problem for one in texts.differences(event, "sv", back)] == [texts.CHANGED_SOURCE]
    assert services.take_over(event, "sv", back, by=make_organiser(event)).number == 0


def test_an_empty_cell_takes_nothing_away(event: Event):
    session = new(event, title_fi="Luento", title_sv="Föreläsning")
    assert texts.differences(event, "sv", out_and_in(event, "sv", **{f"session-{session.pk}/title": " "})) == []


def test_a_text_that_does_not_fit_or_belongs_elsewhere_is_told(event: Event):
    session = new(event, title_fi="Luento")
    other = new(make_event(slug="2020", is_current=False), title_fi="Toinen")
    back = out_and_in(event, "sv", **{f"session-{session.pk}/title": "x" * 161})
    stolen = back[0]._replace(key=f"session-{other.pk}", translation="Annat")
    bent = back[0]._replace(field="slug", translation="annat")
    hidden = back[0]._replace(translation="Före\u202eläsning")
    found = texts.differences(event, "sv", [back[0], stolen, bent, hidden])
    assert len(found) == 4
    assert all(one.problem for one in found)
    assert [one.problem for one in found][1:3] == [texts.UNKNOWN, texts.UNKNOWN]
    assert services.take_over(event, "sv", [stolen, bent], by=make_organiser(event)).number == 0
    other.refresh_from_db()
    assert other.title_sv in {"", None}


def zipped(**parts: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name.replace("__", "/"), content)
    return upload(file.getvalue())


def with_part(content: bytes, name: str, part: bytes) -> io.BytesIO:
    """The table with one part replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for info in old.infolist():
            book.writestr(info.filename, part if info.filename == name else old.read(info))
    return upload(file.getvalue())


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def hostile(event: Event) -> dict[str, Any]:
    good = texts.as_table(event, "sv")
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + SHEET % b"<row><c><v>&b;</v></c></row>"
    return {
        "no archive": upload(b"key;field;from"),
        "empty": upload(b""),
        "another archive": zipped(hello=b"world"),
        "half": upload(good[: len(good) // 2]),
        "entities": with_part(good, "xl/worksheets/sheet1.xml", laughs),
        "bomb": with_part(good, "xl/worksheets/sheet1.xml", SHEET % (b" " * 30_000_000)),
        "many tags": with_part(good, "xl/worksheets/sheet1.xml", SHEET % (b"<row/>" * 900_000)),
        "many lines": with_part(good, "xl/worksheets/sheet1.xml", SHEET % (b"<row/>" * 6_000)),
        "no such word": with_part(good, "xl/worksheets/sheet1.xml", SHEET % b'<row><c t="s"><v>99999</v></c></row>'),
        "another language": upload(texts.as_table(event, "en")),
        "large": upload(b"PK" + b"x" * (texts.FILE_BYTES + 1)),
    }  # fmt: skip


def test_what_is_no_table_of_ours_or_too_large_is_refused_in_words(event: Event):
    new(event, title_fi="Luento")
    for name, file in hostile(event).items():
        with pytest.raises((texts.NotATable, texts.TooLarge)) as refused:
            texts.read_table(file, "sv")
        assert str(refused.value.message), name


def test_the_table_of_another_language_is_refused_by_its_name(event: Event):
    new(event, title_fi="Luento")
    with pytest.raises(texts.OtherLanguage) as refused:
        texts.read_table(upload(texts.as_table(event, "en")), "sv")
    assert "englanti" in str(refused.value.message)


def test_a_table_saved_by_another_program_is_read_too(event: Event):
    """Words inline, in pieces, and cells without references."""
    header = b"".join(
        b'<c t="inlineStr"><is><t>%s</t></is></c>' % (f"{name} (sv)" if name == "translation" else name).encode()
        for name in texts.HEADER
    )
    cells = (
        b'<c r="A2" t="str"><v>session-1</v></c><c r="E2" t="inlineStr"><is><t>F_x00F6_re</t></is></c><c r="B2" '
        b't="inlineStr"><is><r><t>ti</t></r><r><t>tle</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>'
    )
    sheet = SHEET % (b"<row>%s</row><row>%s</row>" % (header, cells))
    [line] = texts.read_table(with_part(texts.as_table(event, "sv"), "xl/worksheets/sheet1.xml", sheet), "sv")
    assert (line.key, line.field, line.source, line.translation) == ("session-1", "title", "", "Före")


# --- The page ---------------------------------------------------------------------------------------------------------
def test_an_organiser_fetches_a_table_looks_at_what_differs_and_takes_it_over(event: Event, client: Client):
    session = new(event, title_fi="Luento", abstract_fi="Kuvaus", abstract_sv="Beskrivning")
    enter(client, make_organiser(event))
    fetched = client.get(f"{PAGE}table/?event={event.pk}&language=sv")
    assert fetched["Content-Disposition"] == 'attachment; filename="programme-2024-sv.xlsx"'
    key = f"session-{session.pk}"
    lines = [
        line._replace(translation={"title": "Föreläsning", "abstract": "Ny beskrivning"}[line.field])
        for line in texts.read_table(upload(fetched.content), "sv")
    ]
    edit(session, abstract_sv="Ändrad beskrivning")
    shown = client.post(PAGE, {"event": event.pk, "language": "sv", "table": upload(as_xlsx(lines))})
    words = shown.content.decode()
    assert all(text in words for text in ("Föreläsning", "Ny beskrivning", "Ändrad beskrivning"))
    assert [one.line.key for one in shown.context["good"]] == [key]
    session.refresh_from_db()
    assert not session.title_sv
    kept = shown.context["kept"]
    done = client.post(PAGE, {"event": event.pk, "language": "sv", "kept": kept, "confirmed": "1"})
    assert done.status_code == 302
    session.refresh_from_db()
    assert (session.title_sv, session.abstract_sv) == ("Föreläsning", "Ändrad beskrivning")


def test_a_translator_may_do_so_too_and_a_reviewer_may_not(event: Event, client: Client):
    new(event, title_fi="Luento")
    enter(client, make_member(event, Membership.Role.TRANSLATOR))
    assert client.get(PAGE).status_code == 200
    enter(client, make_member(event, Membership.Role.REVIEWER))
    assert client.get(PAGE).status_code == 403


def test_a_wrong_file_is_told_beside_the_field(event: Event, client: Client):
    enter(client, make_organiser(event))
    response = client.post(PAGE, {"event": event.pk, "language": "sv", "table": upload(b"nothing")})
    assert response.status_code == 422
    assert "table" in response.context["form"].errors


def test_bent_lines_are_not_taken_over(event: Event, client: Client):
    enter(client, make_organiser(event))
    for kept in ("", "[1]", '{"a": 1}', '[["x"]]', "nonsense", "[" * 100_000):
        given = {"event": event.pk, "language": "sv", "kept": kept, "confirmed": "1"}
        assert client.post(PAGE, given).status_code == 404
