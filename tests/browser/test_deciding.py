"""Review and decide twenty proposals in the admin: by filter, in bulk, with every letter read before it leaves."""

from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from events.models import Call
from programme.models import Proposal
from tests.browser.post import Post
from tests.factories import make_call, make_event, make_proposal, make_theme
from tests.organisers import enter, make_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="en-GB")]
COUNT = 20
SUBJECTS = {
    ("accepted", "fi"): "Integration 2024: ehdotuksesi on valittu ohjelmaan",
    ("accepted", "sv"): "Integration 2024: ditt förslag har valts till programmet",
    ("reserved", "sv"): "Integration 2024: ditt förslag är på reservplats",
    ("rejected", "fi"): "Integration 2024: ehdotustasi ei valittu ohjelmaan",
    ("rejected", "en"): "Integration 2024: your proposal was not selected for the programme",
}


@pytest.fixture
def call(site: str) -> Call:
    """Twenty proposals in three languages and two themes; the call has closed."""
    event = make_event()
    call = make_call(event, opens_at=event.on_site_opens_at, closes_at=event.on_site_opens_at.replace(day=30))
    themes = [
        make_theme(event),
        make_theme(event, "work", name_fi="Työllisyys", name_sv="Arbete", name_en="Employment"),
    ]
    for number in range(COUNT):
        language = "fi" if number < 10 else "sv" if number < 16 else "en"
        make_proposal(call, language=language, themes=[themes[number % 2]])
    return call


@pytest.fixture
def admin(page: Page, site: str, call: Call, client) -> Page:
    """The page of an organiser, at the list of what was sent in."""
    enter(client, make_member(call.event, "organiser", "oona@ely.example"))
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])
    page.goto(f"{site}/en/admin/programme/proposal/")
    return page


def choose(page: Page, *, theme: str, language: str, status: str = "sent in, not decided") -> None:
    """Narrow the list by the filters beside it."""
    page.goto(page.url.partition("?")[0])
    for title, choice in (("theme", theme), ("language", language), ("status", status)):
        block = page.locator(f"details[data-filter-title={title}]")
        with page.expect_navigation():
            block.get_by_role("link", name=choice, exact=True).click()


def decide(page: Page, action: str, reason: str = "") -> None:
    """All that the list shows."""
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option(label=action)
    page.locator("button[name=index]").click()
    if reason:
        page.get_by_label("Reason, Finnish").fill(reason)
    page.locator("input[name=confirmed]").click()
    expect(page.locator(".messagelist")).to_contain_text("Nobody has been told yet.")


def test_an_organiser_reviews_decides_and_tells(admin: Page, post: Post, call: Call) -> None:
    admin.locator("#result_list tbody th a").first.click()
    scores = admin.locator('input[type=radio][value="4"][name^=score_]')
    expect(scores).to_have_count(2)
    for radio in scores.all():
        radio.check()
    admin.get_by_label("Comment").fill("Käytännönläheinen.")
    admin.get_by_role("button", name="Keep my review").click()
    expect(admin.locator(".messagelist")).to_be_visible()
    admin.goto(admin.url.partition("/proposal/")[0] + "/proposal/")

    choose(admin, theme="Inclusion", language="Finnish")
    decide(admin, "Decide: select")
    choose(admin, theme="Inclusion", language="Swedish")
    decide(admin, "Decide: select")
    choose(admin, theme="Employment", language="Swedish")
    decide(admin, "Decide: put on the reserve list")
    choose(admin, theme="All", language="Finnish")
    decide(admin, "Decide: do not select", "Samasta aiheesta on jo ohjelmakohta.")
    choose(admin, theme="All", language="English")
    decide(admin, "Decide: do not select")
    assert post.deliver() == []
    assert set(Proposal.objects.values_list("status", flat=True)) == {"submitted"}

    admin.goto(admin.url.partition("/programme/")[0] + f"/events/call/{call.pk}/letters/")
    letters = admin.locator("details.letter")
    expect(letters).to_have_count(COUNT)
    previews = Counter()
    for letter in letters.all():
        letter.locator("summary").click()
        mail = letter.locator(".mail-preview")
        previews[mail.locator("strong").inner_text(), mail.get_attribute("lang")] += 1
    assert previews == {
        (SUBJECTS["accepted", "fi"], "fi"): 5, (SUBJECTS["accepted", "sv"], "sv"): 3,
        (SUBJECTS["reserved", "sv"], "sv"): 3, (SUBJECTS["rejected", "fi"], "fi"): 5,
        (SUBJECTS["rejected", "en"], "en"): 4,
    }  # fmt: skip
    expect(letters.filter(has_text="Samasta aiheesta on jo ohjelmakohta.")).to_have_count(5)

    admin.get_by_role("button", name=f"Release all {COUNT} letters").dblclick()
    expect(admin.get_by_text("There are no letters to send.")).to_be_visible()
    sent = post.deliver()
    assert Counter((mail.subject, mail.language) for mail in sent) == previews
    assert len({mail.to for mail in sent}) == COUNT
    assert not [mail.subject for mail in sent if "muutoksen" in mail.text.lower() or "besvär" in mail.text.lower()]
    assert Counter(Proposal.objects.values_list("status", flat=True)) == {"accepted": 8, "reserved": 3, "rejected": 9}
