"""Registering in Swedish on a narrow screen with nothing but a keyboard, down to the badge."""

import pytest
from playwright.sync_api import Page, expect

from events.models import Event
from tests.browser.post import CalendarProgram, Post, picture_of_page, qr_in, words_in

pytestmark = pytest.mark.django_db(transaction=True)

FOCUS = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const middle = document.elementFromPoint(
        Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1),
        Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1));
    return {
        isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        isOnScreen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        isUncovered: !!middle && (at === middle || at.contains(middle) || middle.contains(at)),
    };
}"""


class Keyboard:
    """A person who has no mouse: wherever Tab leads, the focus must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, role: str, name: str) -> None:
        """Press Tab until the control with this role and name has the focus."""
        wanted = self.page.get_by_role(role, name=name, exact=True)
        for _ in range(60):
            self.page.keyboard.press("Tab")
            assert all(self.page.evaluate(FOCUS).values()), self.page.evaluate("document.activeElement.outerHTML")
            if wanted.and_(self.page.locator(":focus")).count():
                return
        raise AssertionError(f"Tab does not lead to the {role} {name!r}.")

    def write(self, name: str, text: str) -> None:
        self.tab_to("textbox", name)
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


@pytest.mark.browser(locale="sv-FI", viewport={"width": 360, "height": 740}, reduced_motion="reduce")
def test_register_in_swedish_at_360_px(page: Page, site: str, demo_event: Event, post: Post) -> None:
    keys = Keyboard(page)
    page.goto(site)
    expect(page).to_have_url(f"{site}/sv/")
    keys.tab_to("link", "Anmäl dig")
    keys.press("Enter")
    expect(page).to_have_url(f"{site}/sv/register/")
    keys.tab_to("link", "Gå till innehållet")
    keys.press("Enter")
    expect(page.locator("main")).to_be_focused()

    fill_in(keys)
    keys.tab_to("button", "Skicka anmälan")
    keys.press("Enter")

    # The privacy notice was forgotten: the summary is read first and leads to the box; everything else is as it was.
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert "422" in page.problems.pop()
    assert page.title().startswith("Fel:")
    expect(summary.get_by_role("link")).to_have_count(1)
    keys.press("Tab")
    expect(summary.get_by_role("link")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("checkbox", name="Jag har läst dataskyddsbeskrivningen")).to_be_focused()
    what_was_typed_is_there(page)
    keys.press("Space")
    keys.tab_to("button", "Skicka anmälan")
    keys.press("Enter")
    expect(page).to_have_url(f"{site}/sv/register/sent/")
    expect(page.locator(".sent-to")).to_have_text("asa.ostrom@kommun.example")

    letter = post.deliver_one()
    assert (letter.to, letter.language, letter.kinds) == ("asa.ostrom@kommun.example", "sv", ["ics", "pdf", "png"])
    assert letter.subject == "Integration 2024: din plats är bekräftad"
    assert "Hej Åsa" in letter.text
    badge = words_in(letter.file(".pdf"))
    assert ("Åsa Öström" in badge, "Deltagare" in badge, "Medfinansieras av" in badge) == (True, True, True)
    calendar = CalendarProgram()
    calendar.take_in(letter)
    assert calendar.days == [(day, "Logomo, Repslagaregatan 14, 20100 Åbo") for day in ("14.11.", "15.11.")]

    page.goto(letter.link("/r/"))
    expect(page.locator(".status-confirmed")).to_be_visible()
    on_page = page.get_by_role("img", name="QR-koden på ditt deltagarkort").screenshot()
    code = qr_in(picture_of_page(letter.file(".pdf")))
    assert (qr_in(letter.file(".png")), qr_in(on_page)) == (code, code)
    expect(page.get_by_text("Åbo (Turku)")).to_be_visible()


def fill_in(keys: Keyboard) -> None:
    """Everything but the privacy notice."""
    page = keys.page
    keys.write("Förnamn", "Åsa")
    keys.write("Efternamn", "Öström")
    keys.write("E-postadress", "asa.ostrom@kommun.example")
    keys.write("Organisation", "Aurådalens kommun")
    keys.tab_to("combobox", "Typ av organisation")
    keys.press("k")
    keys.tab_to("combobox", "Kommun där du arbetar (frivilligt)")
    page.keyboard.type("åb")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_have_text("Åbo (Turku)")
    keys.press("Enter")  # the first suggestion is marked
    keys.tab_to("radio", "På plats, i evenemangslokalen")
    keys.press("Space")
    keys.tab_to("checkbox", "fredag den 15 november")
    keys.press("Space", "Space")  # off and on again
    keys.tab_to("radio", "Jag får fotograferas")
    keys.press("Space", "ArrowDown")
    keys.write("Specialkost (frivilligt)", "Vegan, inga nötter")
    keys.tab_to("checkbox", CONSENT)
    keys.press("Space")


def what_was_typed_is_there(page: Page) -> None:
    for label, value in TYPED.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
    for label in CHOSEN:
        expect(page.get_by_label(label, exact=True)).to_be_checked()
    expect(page.get_by_label("Typ av organisation").locator("option:checked")).to_have_text("Kommun")


TYPED = {
    "Förnamn": "Åsa",
    "Efternamn": "Öström",
    "E-postadress": "asa.ostrom@kommun.example",
    "Organisation": "Aurådalens kommun",
    "Kommun där du arbetar (frivilligt)": "Åbo (Turku)",
    "Specialkost (frivilligt)": "Vegan, inga nötter",
}
CONSENT = "Jag samtycker till att mina uppgifter om specialkost och tillgänglighet används för att ordna evenemanget"
CHOSEN = [
    "På plats, i evenemangslokalen",
    "torsdag den 14 november",
    "fredag den 15 november",
    "Fotografera mig inte",
    CONSENT,
]
