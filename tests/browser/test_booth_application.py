"""Apply for a booth on a phone in Finnish: draft, sent in, decided, letter, confirmed; its pages as axe sees them."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from booths.models import Booth, BoothApplication
from events.offerings import submission_link
from events.services import deciding
from tests.browser.axe import findings
from tests.browser.post import Post
from tests.exhibition import make_booth_application
from tests.factories import make_call, make_event, make_organiser, make_theme

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser(locale="fi-FI", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True),
]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def step(page: Page, value: str) -> None:
    """Press "save as a draft" or "send in"; the first such button is for the Enter key only."""
    page.locator(f'.actions button[name="step"][value="{value}"]').click()


def test_apply_on_a_phone_in_finnish_and_confirm(page: Page, site: str, post: Post) -> None:
    event = make_event()
    make_theme(event)
    call = make_call(event, kind="booths", title_fi="Esittelypisteiden haku")

    page.goto(f"{site}/fi/calls/booths/")
    page.locator('a[href="/fi/calls/booths/form/"]').first.click()
    page.locator("#id_email").fill("pia@jarjesto.example")
    page.locator("#id_title_fi").fill("Kielikahvilat")
    step(page, "draft")
    expect(page.locator(".status-waiting")).to_be_visible()

    # Days later, by the link in the mail.
    page.goto(post.deliver_one().link("/p/"))
    page.locator('a.button[href$="/edit/"]').click()
    page.locator("#id_description_fi").fill("a" * 20_000)
    page.locator("#id_shown_0").check()
    page.locator("#id_themes_0").check()
    page.locator("#id_booth_languages_0").check()
    page.locator("#id_size_1").check()
    page.locator("#id_needs_power").check()
    page.locator("#id_staff_expected").fill("2")
    page.locator("#id_motivation").fill("Alueelta ei ole muita.")
    page.locator("#id_logo").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": png()})
    page.locator("#id_name").fill("Pia Pitäjä")
    page.locator("#id_phone").fill("+358 40 000 0000")
    page.locator("#id_organisation").fill("Kohtaamisen talo ry")
    page.locator("#id_organisation_type").select_option(index=1)
    page.locator("#id_municipality").fill("Tur")
    page.get_by_role("option", name="Turku").first.click()
    page.locator("#id_privacy").check()
    step(page, "send")
    expect(page.locator(".error-summary li")).to_have_count(1)  # the description is too long; all else is kept
    assert "422" in page.problems.pop()
    expect(page.locator(".kept-file")).to_contain_text("logo.jpg")
    expect(page.locator("#id_motivation")).to_have_value("Alueelta ei ole muita.")
    page.locator("#id_description_fi").fill("Kerromme, miten kielikahvila alkaa.")
    step(page, "send")
    expect(page.locator(".status-confirmed")).to_be_visible()
    receipt = post.deliver_one()
    assert (receipt.language, "3 × 2 m" in receipt.text) == ("fi", True)

    organiser, row = make_organiser(event), BoothApplication.objects.get()
    kind = deciding.kind_of(row)
    deciding.decide(kind, row.pk, "accept", reason="Uutta meille.", seen_version=row.version, by=organiser)
    deciding.release_letters(call.pk, seen=deciding.seen_letters(deciding.untold(call)), by=organiser)
    letter = post.deliver_one()
    assert "Esittelypisteesi ”Kielikahvilat” on valittu" in letter.text
    page.goto(letter.link("/p/"))
    page.locator('button[value="confirm"]').click()
    expect(page.locator(".status-confirmed")).to_be_visible()
    assert Booth.objects.get().confirmed_at is not None
    assert [one for one in post.deliver() if "/b/" in one.text]


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_its_pages_as_axe_sees_them(page: Page, site: str, language: str) -> None:
    event = make_event()
    make_theme(event)
    call = make_call(event, kind="booths")
    draft = make_booth_application(call, status="draft", language=language)
    chosen = make_booth_application(call, status="accepted", language=language)
    mine, theirs = submission_link(draft, language), submission_link(chosen, language)
    form = f"{site}/{language}/calls/booths/form/"
    found = []
    for url in (f"{site}/{language}/calls/booths/", form, mine, f"{mine}edit/", theirs, f"{theirs}answer/"):
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 740})
            page.goto(url)
            found += findings(page)
    page.goto(form)
    step(page, "send")
    expect(page.locator(".error-summary")).to_be_visible()
    assert "422" in page.problems.pop()
    found += findings(page)
    assert found == []
