// The schedule of a day, moved by hand or by keys. Without this file the form below it does the same.
// Every step posts that form and puts in the day as the server draws it. Words come from data- attributes.

import { moving } from "./moving.js";

const root = document.querySelector("[data-schedule]");
const words = document.querySelector("[data-schedule-words]");
const { say, phrase, post } = moving(root, words, ".schedule-frame");
const step = Number(root.dataset.step);
let held = null; // what is in the hand: {card, minutes, room, minute, byKeys, grip}

const find = (selector) => root.querySelector(selector);
const cards = () => [...root.querySelectorAll("table .slot")];
const rooms = () => [...root.querySelectorAll("[data-room-name]")].map((head) => head.dataset.roomName);
const titleOf = (card) => card.querySelector("strong").textContent;

function clock(minute) {
  return `${Math.floor(minute / 60)}.${String(minute % 60).padStart(2, "0")}`;
}

function roomName(key) {
  return root.querySelector(`[data-room-name="${CSS.escape(key)}"]`)?.firstChild.textContent.trim() || phrase("nowhere");
}

// --- Telling the server ----------------------------------------------------------------------------------------------
function send(action, card, given = {}) {
  post(find("form[data-main]"), { action, session: card.dataset.session, seen: card.dataset.seen, ...given }, card.id);
}

function place({ card, minutes, room, minute }) {
  const day = find("form[data-main] [name=day]").value;
  send("place", card, { room, on: day, start: clock(minute).replace(".", ":"), minutes });
}

function swap(card, other) {
  send("swap", card, { other: other.dataset.session, other_seen: other.dataset.seen });
}

// --- What stands in the way ------------------------------------------------------------------------------------------
function overlaps(card, minute, minutes) {
  const begin = Number(card.dataset.minute);
  return begin < minute + minutes && begin + Number(card.dataset.minutes) > minute;
}

/** Who else is in the room, and where a speaker is at that time. */
function obstacles({ card, minutes, room, minute }) {
  const others = cards().filter((one) => one !== card && overlaps(one, minute, minutes));
  const own = card.dataset.speakers.split(" ").filter(Boolean);
  return {
    taken: room ? others.find((one) => one.dataset.room === room) : undefined,
    elsewhere: others.find((one) => one.dataset.speakers.split(" ").some((key) => own.includes(key))),
  };
}

function told(target) {
  const { taken, elsewhere } = obstacles(target);
  const parts = [phrase("there", {
    room: roomName(target.room), time: `${clock(target.minute)}–${clock(target.minute + target.minutes)}`,
  })];
  if (taken) parts.push(phrase("taken", { session: titleOf(taken) }));
  if (elsewhere && elsewhere !== taken) parts.push(phrase("elsewhere", { session: titleOf(elsewhere) }));
  if (target.card.dataset.unavailable) parts.push(phrase("unavailable", { when: target.card.dataset.unavailable }));
  return parts.join(" · ");
}

// --- Showing where it would go ---------------------------------------------------------------------------------------
function lineOf(minute) { return find(`tr[data-minute="${minute}"]`); }

function bounds() {
  const lines = [...root.querySelectorAll("tr[data-minute]")].map((line) => Number(line.dataset.minute));
  return { first: lines[0], last: lines[lines.length - 1] + step };
}

function showGhost() {
  const ghost = find("[data-ghost]");
  const head = find(`[data-room-name="${CSS.escape(held.room)}"]`);
  const line = lineOf(held.minute);
  if (!head || !line) return;
  const { last } = bounds();
  const end = lineOf(held.minute + held.minutes);
  const table = find("table");
  const bottom = held.minute + held.minutes < last && end ? end.offsetTop : table.offsetHeight;
  ghost.hidden = false;
  ghost.textContent = `${clock(held.minute)}–${clock(held.minute + held.minutes)} ${titleOf(held.card)}`;
  ghost.style.setProperty("top", `${table.offsetTop + line.offsetTop}px`);
  ghost.style.setProperty("height", `${Math.max(bottom - line.offsetTop, 8)}px`);
  ghost.style.setProperty("left", `${head.offsetLeft}px`);
  ghost.style.setProperty("width", `${head.offsetWidth}px`);
  const { taken, elsewhere } = obstacles(held);
  ghost.classList.toggle("schedule-clash", Boolean(taken || elsewhere));
  cards().forEach((card) => card.classList.toggle("slot-in-the-way", card === taken || card === elsewhere));
  if (held.byKeys) ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function hideGhost() {
  find("[data-ghost]").hidden = true;
  root.querySelectorAll(".slot-in-the-way, .slot-held").forEach((card) => {
    card.classList.remove("slot-in-the-way", "slot-held");
    card.removeAttribute("aria-pressed");
  });
}

function take(card, byKeys) {
  const { first } = bounds();
  const [minutes, minute] = [Number(card.dataset.minutes), Number(card.dataset.minute)];
  const isPlaced = card.dataset.minute !== "";
  held = { card, minutes, minute: isPlaced ? minute : first + 60, room: isPlaced ? card.dataset.room : rooms()[0], byKeys };
  card.classList.add("slot-held");
}

function letGo() {
  held = null;
  hideGhost();
}

// --- By keys ---------------------------------------------------------------------------------------------------------
function grab(card) {
  if (held) letGo();
  take(card, true);
  card.setAttribute("aria-pressed", "true");
  showGhost();
  say(phrase("grabbed", { session: titleOf(card) }));
}

function moveBy(minutes, columns) {
  const { first, last } = bounds();
  const all = [...new Set(rooms())];
  held.minute = Math.max(first, Math.min(held.minute + minutes, last - held.minutes));
  held.room = all[Math.max(0, Math.min(all.indexOf(held.room) + columns, all.length - 1))];
  showGhost();
  say(told(held));
}

function onHeldKey(event) {
  const far = event.shiftKey ? 15 : step;
  const moves = { ArrowUp: [-far, 0], ArrowDown: [far, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0] };
  const target = held;
  if (moves[event.key]) moveBy(...moves[event.key]);
  else if (event.key === "Escape") {
    letGo();
    say(phrase("left", { session: titleOf(target.card) }));
  } else if (event.key === "Enter" || event.key === " ") {
    letGo();
    place(target);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    letGo();
    send("unplace", target.card);
  } else if (event.key.toLowerCase() === "s") {
    const { taken } = obstacles(target);
    if (taken) { letGo(); swap(target.card, taken); }
  } else return;
  event.preventDefault();
}

root.addEventListener("keydown", (event) => {
  const card = event.target.closest(".slot");
  if (held?.byKeys && card === held.card) onHeldKey(event);
  else if (card && (event.key === " " || event.key === "Enter") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    grab(card);
  }
});

root.addEventListener("focusout", (event) => {
  if (held?.byKeys && event.target === held.card && event.relatedTarget) letGo();
});

// --- By hand ---------------------------------------------------------------------------------------------------------
/** The room and the five minutes under the pointer, less how far from its top the session was gripped. */
function under(event) {
  const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest("td[data-room]");
  if (!cell || !root.contains(cell)) return null;
  const box = cell.getBoundingClientRect();
  const begin = Number(cell.parentElement.dataset.minute);
  const within = Math.floor(((event.clientY - box.top) / box.height) * cell.rowSpan) * step;
  const { first, last } = bounds();
  const minute = Math.max(first, Math.min(begin + within - held.grip, last - held.minutes));
  return { room: cell.dataset.room, minute };
}

root.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".slot");
  if (!card) return;
  if (held) letGo();
  take(card, false);
  const box = card.getBoundingClientRect();
  const isPlaced = card.dataset.minute !== "";
  held.grip = isPlaced ? Math.floor(((event.clientY - box.top) / box.height) * held.minutes / step) * step : 0;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", titleOf(card));
});

/** Dropping onto the upper half of another session, or with nothing free under it, means: change places. */
function otherUnder(event) {
  const card = document.elementFromPoint(event.clientX, event.clientY)?.closest(".slot");
  return card && held && card !== held.card && root.contains(card) && card.dataset.minute !== "" ? card : null;
}

root.addEventListener("dragover", (event) => {
  if (!held || held.byKeys) return;
  const other = otherUnder(event);
  const place_ = other ? null : under(event);
  if (!other && !place_ && !event.target.closest("[data-waiting]")) return;
  event.preventDefault();
  if (other) {
    find("[data-ghost]").hidden = true;
    cards().forEach((card) => card.classList.toggle("slot-in-the-way", card === other));
  } else if (place_) {
    Object.assign(held, place_);
    showGhost();
  }
});

root.addEventListener("drop", (event) => {
  if (!held || held.byKeys) return;
  event.preventDefault();
  const target = held;
  const other = otherUnder(event);
  const place_ = other ? null : under(event);
  letGo();
  if (other) swap(target.card, other);
  else if (place_) place({ ...target, ...place_ });
  else if (event.target.closest("[data-waiting]") && target.card.dataset.minute !== "") send("unplace", target.card);
});

root.addEventListener("dragend", () => { if (held && !held.byKeys) letGo(); });

// A click takes a session up for the keyboard too; the form below is filled in with it.
root.addEventListener("click", (event) => {
  const card = event.target.closest(".slot");
  if (!card || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  card.focus();
  fillForm(card);
  grab(card);
});

function fillForm(card) {
  const form = find("form[data-main]");
  form.elements.session.value = card.dataset.session;
  form.elements.seen.value = card.dataset.seen;
  form.elements.room.value = card.dataset.room;
  form.elements.minutes.value = card.dataset.minutes;
  if (card.dataset.minute !== "") form.elements.start.value = clock(Number(card.dataset.minute)).replace(".", ":").padStart(5, "0");
}

root.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-move]");
  if (!form) return;
  event.preventDefault();
  const session = form.elements.session?.value;
  post(form, { action: event.submitter.value }, session ? `slot-${session}` : null);
});

// Roles that fit what the keys do; without scripts each is a link to the form.
const pressable = () => root.querySelectorAll(".slot:not([role])").forEach((card) => card.setAttribute("role", "button"));
new MutationObserver(pressable).observe(root, { childList: true, subtree: true });
pressable();
