"""Propose in Swedish on a phone, with a draft in between; every page of calls as axe sees it."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from events.offerings import submission_link
from programme.models import Proposal
from programme.offerings import co_presenter_link
from tests.browser.axe import findings
from tests.browser.post import Post
from tests.factories import make_application, make_call, make_event, make_format, make_proposal, make_theme

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser(locale="sv-FI", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True),
]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def step(page: Page, value: str) -> None:
    """Press "save as a draft" or "send in"; the first such button is for the Enter key only."""
    page.locator(f'.actions button[name="step"][value="{value}"]').click()


def test_propose_in_swedish_on_a_phone_with_a_draft_in_between(page: Page, site: str, post: Post) -> None:
    event = make_event()
    make_format(event)
    make_theme(event)
    make_call(event)

    page.goto(f"{site}/sv/")
    page.locator('a[href="/sv/calls/programme/"]').last.click()
    page.locator('a[href="/sv/calls/programme/form/"]').first.click()
    page.locator("#id_email").fill("anna.ek@kommun.example")
    page.locator("#id_title_sv").fill("Språkkaféer som fungerar")
    expect(page.locator("#id_title_sv_field .letters-left")).to_contain_text(str(160 - 24))
    step(page, "draft")
    expect(page.locator(".status-waiting")).to_be_visible()

    # Days later, by the link in the mail: the picture is no picture, and other things are missing.
    page.goto(post.deliver_one().link("/p/"))
    page.locator('a.button[href$="/edit/"]').click()
    expect(page.locator("#id_title_sv")).to_have_value("Språkkaféer som fungerar")
    page.locator("#id_description_sv").fill("Vi berättar\nhur man börjar.")
    expect(page.locator("#id_description_sv_field .letters-left")).to_contain_text(str(3000 - 27))
    page.locator("#id_picture").set_input_files(
        {"name": "bild.png", "mimeType": "image/png", "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
    )
    step(page, "send")
    expect(page.locator(".error-summary")).to_be_focused()
    assert "422" in page.problems.pop()
    expect(page.locator("#id_description_sv")).to_have_value("Vi berättar\nhur man börjar.")
    expect(page.locator("#id_picture_field .error")).to_be_visible()

    page.locator("#id_format").select_option(index=1)
    page.locator("#id_minutes").fill("45")
    page.locator("#id_themes_0").check()
    page.locator("#id_session_languages_1").check()
    page.locator("#id_audience").fill("Alla")
    page.locator("#id_co-0-name").fill("Bo Berg")
    page.locator("#id_co-0-email").fill("bo.berg@forening.example")
    expect(page.locator("#id_co-1-name")).to_be_hidden()
    page.locator("#id_name").fill("Anna Ek")
    page.locator("#id_phone").fill("+358 40 000 0000")
    page.locator("#id_organisation").fill("Aurådalens kommun")
    page.locator("#id_organisation_type").select_option(index=1)
    page.locator("#id_picture").set_input_files({"name": "bild.png", "mimeType": "image/png", "buffer": png()})
    step(page, "send")  # the privacy notice was not ticked; the picture stays
    expect(page.locator(".error-summary li")).to_have_count(1)
    assert "422" in page.problems.pop()
    expect(page.locator(".kept-file")).to_contain_text("bild.jpg")
    page.locator("#id_privacy").check()
    step(page, "send")
    expect(page.locator(".status-confirmed")).to_be_visible()

    receipt, invitation = sorted(post.deliver(), key=lambda letter: letter.to)
    assert (receipt.to, receipt.language, invitation.to) == ("anna.ek@kommun.example", "sv", "bo.berg@forening.example")
    assert "Vi berättar\r\nhur man börjar." in receipt.text

    page.goto(invitation.link("/with/"))
    page.locator('button[value="yes"]').click()
    expect(page.locator(".messages")).to_be_visible()
    page.goto(post.deliver_one().link("/p/"))
    expect(page.locator("dd").filter(has_text="bo.berg@forening.example")).to_be_visible()

    page.locator('a.button[href$="/edit/"]').click()
    page.locator("#id_description_sv").fill("Vi visar hur man börjar.")
    step(page, "send")
    expect(page.locator(".messages")).to_be_visible()
    receipt = post.deliver_one()
    assert receipt.subject == "Integration 2024: dina ändringar är sparade"
    assert "Vi visar hur man börjar." in receipt.text

    page.locator('a[href$="/withdraw/"]').click()
    page.locator("button.button-danger").click()
    expect(page.locator(".status-cancelled")).to_be_visible()
    page.locator('form[action$="/again/"] button').click()
    expect(page.locator(".status-waiting")).to_be_visible()
    assert Proposal.objects.get().status == "draft"


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_page_of_calls_as_axe_sees_it(page: Page, site: str, language: str) -> None:
    event = make_event()
    make_format(event)
    call, groups = make_call(event), make_call(event, "application")
    draft = make_proposal(call, status="draft", language=language)
    chosen = make_proposal(call, status="accepted", language=language)
    person = chosen.co_presenters.create(name="Bo Berg", email="bo@forening.example")
    mine, theirs = submission_link(draft, language), submission_link(chosen, language)
    calls = f"{site}/{language}/calls/"
    pages = [
        calls, f"{calls}{call.slug}/", f"{calls}{groups.slug}/", f"{calls}{call.slug}/form/",
        f"{calls}{groups.slug}/form/", f"{calls}link/", mine, f"{mine}edit/", f"{mine}withdraw/", theirs,
        f"{theirs}answer/", f"{theirs}with/{person.pk}/", co_presenter_link(person, language),
        submission_link(make_application(groups, language=language), language),
    ]  # fmt: skip
    found = []
    for address in pages:
        page.goto(address)
        found += [f"{address}: {finding}" for finding in findings(page)]
    page.goto(f"{calls}{call.slug}/form/")
    step(page, "send")
    expect(page.locator(".error-summary")).to_be_visible()
    assert "422" in page.problems.pop()
    found += findings(page)
    assert found == []
