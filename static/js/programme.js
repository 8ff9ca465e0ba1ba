// What is one person's own on a page for everybody: fetched and put in the place of the link that leads there.

/** <div data-fragment="/fi/…/actions/"><a href="/fi/…/actions/">…</a></div>; the link stays when nothing comes. */
async function bring(place) {
  try {
    const answer = await fetch(place.dataset.fragment, { headers: { "X-Fragment": "1" } });
    const type = answer.headers.get("Content-Type") || "";
    if (answer.ok && !answer.redirected && type.startsWith("text/html")) place.innerHTML = await answer.text();
  } catch {
    // without a connection the link stays
  }
}

document.querySelectorAll("[data-fragment]").forEach(bring);
