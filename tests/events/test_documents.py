"""Documents: asked for once, made once, whoever comes first."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from events import clock, documents
from events.models import Document
from tests.factories import make_event, register


@pytest.fixture
def made(monkeypatch):
    """A kind of document that counts how often it is made; the version 13 cannot be."""
    calls = []

    def make(document: Document) -> bytes:
        calls.append(document.pk)
        if document.version == 13 and len(calls) == 1:
            raise ValueError("unlucky")
        return b"%d" % document.version

    kind = documents.Kind(make, lambda document: f"note-{document.pk}.txt", "text/plain")
    monkeypatch.setitem(documents.KINDS, "note", kind)
    return calls


def ask(event, version: int = 1) -> Document:
    documents.ask("note", event, language="fi", version=version)
    document = documents.find("note", event, language="fi", version=version)
    assert document
    return document


def fresh(document: Document) -> Document:
    document.refresh_from_db()
    return document


def broken(document: Document) -> None:
    raise ValueError("broken")


def killed(document: Document) -> None:
    raise KeyboardInterrupt


@pytest.mark.django_db
class TestDocuments:
    def test_asked_for_twice_it_is_made_once(self, made):
        event = make_event()
        document = ask(event)
        assert ask(event) == document
        assert [documents.make_next(), documents.make_next()] == [True, False]
        assert bytes(fresh(document).content) == b"1"
        assert made == [document.pk]

    def test_another_version_is_another_document(self, made):
        event = make_event()
        assert ask(event, 1) != ask(event, 2)

    def test_the_oldest_is_made_first(self, made):
        event = make_event()
        wanted = [ask(event, version).pk for version in (1, 2, 3)]
        while documents.make_next():
            pass
        assert made == wanted

    def test_who_cannot_wait_makes_it_at_once_and_the_worker_leaves_it(self, made):
        document = ask(make_event())
        assert documents.content(document) == b"1"
        assert documents.content(fresh(document)) == b"1"
        assert documents.make_next() is False
        assert len(made) == 1

    def test_one_that_fails_is_shown_and_does_not_stop_the_others(self, made):
        event = make_event()
        unlucky, lucky = ask(event, 13), ask(event, 1)
        assert [documents.make_next(), documents.make_next(), documents.make_next()] == [True, True, False]
        assert (bool(fresh(unlucky).failed_at), unlucky.has_failed) == (True, True)
        assert "unlucky" in unlucky.last_error
        assert (bool(fresh(lucky).made_at), lucky.has_failed) == (True, False)

    def test_one_that_fails_is_tried_again_later_and_later(self, monkeypatch, made, moment):
        document, waits = ask(make_event()), []
        monkeypatch.setattr(documents, "_make", broken)
        for _ in range(4):
            assert [documents.make_next(), documents.make_next()] == [True, False]
            waits.append(round((fresh(document).next_attempt_at - clock.real_now()).total_seconds()))
            moment.shift(waits[-1] + 1)
        assert waits == [60, 120, 300, 600]
        monkeypatch.undo()
        kind = documents.Kind(lambda document: b"at last", lambda document: "note.txt", "text/plain")
        monkeypatch.setitem(documents.KINDS, "note", kind)
        assert documents.make_next()
        assert (bytes(fresh(document).content), document.has_failed) == (b"at last", False)

    def test_one_that_kills_its_worker_is_not_due_at_once_and_is_seen_to_fail(self, monkeypatch, made, moment):
        document = ask(make_event())
        monkeypatch.setattr(documents, "_make", killed)
        failed = []
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                documents.make_next()
            assert documents.make_next() is False
            failed.append(fresh(document).has_failed)
            moment.shift(timedelta(minutes=3))
        assert failed == [False, False, True]

    def test_a_badge_that_was_passed_on_before_it_was_made_is_forgotten(self):
        event = make_event()
        registration = register(event)
        registration.badges.update(revoked_at=clock.now())
        assert documents.make_next() is True
        assert documents.find("badge", registration, language="fi", version=0) is None

    def test_one_that_failed_and_was_made_after_all_has_not_failed(self, made):
        document = ask(make_event(), 13)
        documents.make_next()
        assert documents.content(fresh(document)) == b"13"
        assert (fresh(document).failed_at, document.last_error) == (None, "")

    def test_progress_is_told_while_it_is_made(self):
        document = ask(make_event())
        assert documents.progress(document) == 0
        documents.report_progress(document, 1, 3)
        assert documents.progress(document) == 33

    def test_a_confirmed_person_gets_a_badge_and_one_who_waits_none(self):
        event = make_event(capacity=1)
        confirmed, waiting = register(event), register(event)
        assert documents.find("badge", confirmed, language="fi", version=0)
        assert documents.find("badge", waiting, language="fi", version=0) is None


@pytest.mark.django_db(transaction=True)
def test_many_workers_and_readers_make_each_document_once(made):
    event = make_event()
    wanted = [ask(event, version) for version in range(1, 11)]
    start = threading.Barrier(4)

    def work():
        start.wait()
        while documents.make_next():
            pass
        connection.close()

    def read():
        start.wait()
        for document in wanted:
            documents.content(document)
        connection.close()

    threads = [threading.Thread(target=step) for step in (work, work, read, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [document.pk for document in wanted]
    assert [bytes(fresh(document).content) for document in wanted] == [b"%d" % version for version in range(1, 11)]


@pytest.mark.django_db(transaction=True)
def test_the_database_waits_for_a_long_print_run(monkeypatch):
    kind = documents.Kind(lambda document: time.sleep(0.4) or b"long", lambda document: "note.txt", "text/plain")
    monkeypatch.setitem(documents.KINDS, "note", kind)
    document = ask(make_event())
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '100ms'")
    assert documents.make_next()
    assert (bytes(fresh(document).content), document.attempts) == (b"long", 1)
    connection.close()  # the next test gets a session with the usual patience
