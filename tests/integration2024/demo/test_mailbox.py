from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from events import outbox
from events.models import Event, Mail
from integration2024.demo import mailbox
from tests.factories import at, register

NAME = "20241014T060000.000001-maija@kunta.example"


def catch(folder: Path, message: EmailMultiAlternatives, name: str = NAME) -> None:
    (folder / "mail").mkdir(exist_ok=True)
    (folder / "mail" / f"{name}.eml").write_bytes(message.message().as_bytes(linesep="\r\n"))


@pytest.fixture
def confirmation(demo: Event, tmp_path: Path) -> Mail:
    """A confirmation with badge and calendar, sent and caught."""
    register(demo, email="maija@kunta.example", language="sv", first_name="Märta")
    mail = Mail.objects.get()
    Mail.objects.update(status="sent", sent_at=at("2024-10-14 09:01"))
    catch(tmp_path, outbox.build(mail))
    return mail


def test_an_empty_mailbox_says_so(demo, client: Client) -> None:
    assert "No mail has been caught yet" in client.get("/demo/mail/?language=en").content.decode()


def test_the_list_is_newest_first_with_subject_recipient_moment_and_language(
    confirmation: Mail, client: Client, tmp_path: Path
) -> None:
    login_code = EmailMultiAlternatives("Code", "123", to=["b@b.example"])
    catch(tmp_path, login_code, "20241014T060500.000001-b@b.example")
    page = client.get("/demo/mail/?language=en").content.decode()
    assert page.index("Code") < page.index("maija@kunta.example")
    assert "14 October 2024, 9.01 · Swedish" in " ".join(page.split())
    assert [one.name for one in mailbox.headings(mailbox.names())][1] == NAME


def test_a_long_list_has_pages(demo, client: Client, tmp_path: Path) -> None:
    for number in range(51):
        message = EmailMultiAlternatives(f"Number {number}", "x", to=["a@b.example"])
        catch(tmp_path, message, f"20241014T0600{number:02}.000001-a@b.example")
    assert "Number 50" in (first := client.get("/demo/mail/?language=en").content.decode())
    assert "Number 0<" not in first
    assert "page=2&amp;language=en" in first
    assert "Number 0<" in client.get("/demo/mail/?page=2").content.decode()


def test_a_mail_shows_its_headers_files_and_words(confirmation: Mail, client: Client) -> None:
    response = client.get(f"/demo/mail/{NAME}/?language=en")
    page = response.content.decode()
    assert "info@integration2024.example" in page
    assert "deltagarkort-2024.pdf" in page
    assert "14 November 2024, 9.00–17.00" in page
    assert "BEGIN:VEVENT" in page
    assert f'src="/demo/mail/{NAME}/html/"' in page
    assert "http://localhost/sv/2024/r/" in page
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_the_frame_can_do_nothing(confirmation: Mail, client: Client) -> None:
    response = client.get(f"/demo/mail/{NAME}/html/")
    html = response.content.decode()
    policy = set(response["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src 'none'", "img-src 'self' data:", "style-src 'unsafe-inline'", "frame-ancestors 'self'",
        "base-uri 'none'", "form-action 'none'", "sandbox allow-top-navigation-by-user-activation",
    }  # fmt: skip
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "demo-bar" not in html
    assert "cid:" not in html
    assert 'src="data:image/png;base64,' in html
    assert '<head><base target="_top">' in html
    assert client.get("/demo/mail/")["X-Frame-Options"] == "DENY"


def test_files_open_in_the_browser_or_are_saved(confirmation: Mail, client: Client) -> None:
    badge, calendar = mailbox.Caught(NAME).files
    shown = client.get(f"/demo/mail/{NAME}/{badge.number}/")
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline")
    assert shown.content.startswith(b"%PDF-")
    saved = client.get(f"/demo/mail/{NAME}/{badge.number}/?download")
    assert saved["Content-Disposition"] == 'attachment; filename="deltagarkort-2024.pdf"'
    assert client.get(f"/demo/mail/{NAME}/{calendar.number}/")["Content-Disposition"].startswith("attachment")
    assert client.get(f"/demo/mail/{NAME}/99/").status_code == 404


def test_an_attached_page_is_saved_and_never_shown(demo, client: Client, tmp_path: Path) -> None:
    message = EmailMultiAlternatives("x", "x", to=["a@b.example"])
    message.attach("evil.html", "<script>alert(1)</script>", "text/html")
    catch(tmp_path, message)
    number = mailbox.Caught(NAME).files[0].number
    assert client.get(f"/demo/mail/{NAME}/{number}/")["Content-Disposition"].startswith("attachment")


def test_hostile_words_are_words(demo, client: Client, tmp_path: Path) -> None:
    catch(
        tmp_path,
        EmailMultiAlternatives("<script>alert(1)</script>", "<img src=x onerror=1>", to=['"<b>" <a@b.example>']),
    )
    for address in ("/demo/mail/", f"/demo/mail/{NAME}/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert '"<b>"' not in page


@pytest.mark.parametrize("name", [NAME, "20241014T060000-..", "../clock", "20241014T0-..%2F..%2Fclock", "x"])
def test_what_is_not_there(demo, client: Client, name: str) -> None:
    assert client.get(f"/demo/mail/{name}/").status_code == 404
    assert client.get(f"/demo/mail/{name}/html/").status_code == 404
