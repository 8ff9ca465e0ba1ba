"""Looks at a page as axe does: every rule of WCAG 2.2 A and AA and of good practice, at two widths. Long words too."""

import json
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 320)
FINDINGS = """async tags => (await axe.run(document, {runOnly: tags, resultTypes: ["violations"]})).violations
    .map(({id, nodes}) => [id, nodes.map(({html, failureSummary}) => html.slice(0, 200) + " " + failureSummary)])"""

BROKEN_WORDS = """() => [...document.querySelectorAll("main :is(h1, h2, h3)")].flatMap(heading => {
    const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT), broken = [];
    for (let text; text = walker.nextNode(); )
        for (const word of text.data.matchAll(/[^\\s\\u2013-]+/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (range.getClientRects().length > 1) broken.push(word[0]);
        }
    return broken;
})"""


def findings(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What is wrong with the page; the browser's own complaints are in `page.problems` before axe comes in."""
    before = list(page.problems)
    page.evaluate(AXE.read_text())
    found = before
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            found.append(f"{width} px: the page is {needed} px wide")
        found += [f"{width} px: {word!r} is broken" for word in page.evaluate(BROKEN_WORDS)]
        found += [f"{width} px: {json.dumps(finding)}" for finding in page.evaluate(FINDINGS, TAGS)]
    return found
