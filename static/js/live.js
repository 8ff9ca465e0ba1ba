// A room that is followed: what goes on there is fetched again and again, a tab that plays the stream says so once a
// minute, and a question is sent without interrupting it.

const PATIENCE = 8_000;
const LOOKED_AT_EVERY = 30_000;
const MINUTE = 60_000;

// --- Now and next -----------------------------------------------------------------------------------------------------
async function look(part) {
  if (document.hidden) return;
  try {
    const answer = await fetch(part.dataset.now, { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const fresh = await answer.text();
    follow(fresh.includes('data-on-air="yes"'));
    if (fresh !== part.shown && !part.contains(document.activeElement)) part.innerHTML = fresh;
    part.shown = fresh;
  } catch {
    // without a connection what was there stays
  }
}

/** What may be opened has come or gone: the page is made anew, but no question that is being written is lost. */
function follow(isOnAir) {
  if (isOnAir === wasOnAir) return;
  if (!isOnAir) document.querySelector(".player")?.remove();
  const question = document.querySelector("[data-ask] textarea");
  if (!question?.value) location.reload();
}

const wasOnAir = document.querySelector('[data-on-air="yes"]') !== null;
const now = document.getElementById("live-now");
if (now) setInterval(() => look(now), LOOKED_AT_EVERY);

// --- The heartbeat ----------------------------------------------------------------------------------------------------
async function beat({ beat: address, token, room }) {
  const body = JSON.stringify({ room: Number(room) });
  const headers = { Authorization: `Live ${token}`, "Content-Type": "application/json" };
  await fetch(address, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE) }).catch(() => {});
}

/** Each page at a second of its own, away from the turn of the minute, so that none is missed and none comes twice. */
function keepBeating(player) {
  const second = 5_000 + Math.random() * (MINUTE - 10_000);
  const next = () => setTimeout(() => {
    beat(player.dataset);
    next();
  }, MINUTE - ((Date.now() - second) % MINUTE));
  beat(player.dataset);
  next();
}

const player = document.querySelector(".player[data-beat]");
if (player) keepBeating(player);

// --- Asking -----------------------------------------------------------------------------------------------------------
/** The answer is the whole page; of it the form is taken, and what is said to the sender. */
async function ask(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const section = page.getElementById("ask");
    if (!section) throw new Error(answer.status);
    const said = page.querySelector(".messages");
    if (said) section.querySelector("h2").after(said);
    document.getElementById("ask").replaceChildren(...section.childNodes);
    const told = document.querySelector("#ask .messages, #ask [aria-invalid]");
    if (told?.matches(".messages")) told.tabIndex = -1;
    told?.focus();
  } catch {
    button.disabled = false;
    form.submit(); // as without this script
  }
}

document.addEventListener("submit", (event) => event.target.matches("[data-ask]") && ask(event));
