// Keeps <… data-live data-seconds="10" id="…"> fresh: fetches the page's own address and puts in what has changed.
// The focus stays where it is, an opened <details> stays open, and a hidden page asks for nothing.

const PATIENCE = 8000;
const LEAST_WAIT = 2000;

/** Something in the part that can be found again in its next version: by its id, else by where it leads. */
function sameAs(element, part) {
  if (element.id) return part.querySelector(`#${CSS.escape(element.id)}`);
  const address = element.getAttribute("href");
  return address && part.querySelector(`a[href="${CSS.escape(address)}"]`);
}

function replace(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const opened = [...part.querySelectorAll("details[open]")];
  const isInSummary = focused?.matches("summary") && focused.closest("details").id;
  fresh.querySelectorAll("details").forEach((details) => {
    details.open = opened.some((known) => known.id === details.id);
  });
  part.replaceChildren(...fresh.childNodes);
  if (isInSummary) part.querySelector(`#${CSS.escape(isInSummary)} > summary`)?.focus({ preventScroll: true });
  else if (focused) sameAs(focused, part)?.focus({ preventScroll: true });
}

/** A part with data-state is replaced when its state changes, any other when its content does. */
function hasChanged(part, fresh) {
  if (part.dataset.state) return part.dataset.state !== fresh.dataset.state;
  return part.dataset.shown !== fresh.innerHTML && !isSelecting(part);
}

function isSelecting(part) {
  const selection = getSelection();
  return selection && !selection.isCollapsed && part.contains(selection.anchorNode);
}

/** Whether to go on: a part that has come to its end has no data-seconds any more. */
async function refresh(part) {
  const response = await fetch(location.href, { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
  if (response.redirected) return location.reload(); // the session has ended: the login asks
  if (!response.ok) throw new Error(response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(part.id);
  if (!fresh) return location.reload();
  const goesOn = "seconds" in fresh.dataset;
  if (hasChanged(part, fresh)) {
    part.dataset.shown = fresh.innerHTML;
    if (part.dataset.state) part.dataset.state = fresh.dataset.state;
    replace(part, fresh);
  }
  return goesOn;
}

function keepFresh(part) {
  const offline = document.getElementById("board-offline");
  const wait = Math.max(Number(part.dataset.seconds) * 1000, LEAST_WAIT);
  const look = async () => {
    let goesOn = true;
    try {
      if (!document.hidden) goesOn = await refresh(part);
      if (offline && !document.hidden) offline.hidden = true;
    } catch {
      if (offline) offline.hidden = false;
    }
    if (goesOn) setTimeout(look, wait);
  };
  part.dataset.shown = part.innerHTML;
  setTimeout(look, wait);
}

document.querySelectorAll("[data-live][data-seconds]").forEach(keepFresh);
