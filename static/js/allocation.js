// The floor plan, on which booths are moved by hand or by keys. Without this file the form below it does the same.
// Every step posts that form and puts in the plan as the server draws it. Words come from data- attributes.

import { moving } from "./moving.js";

const root = document.querySelector("[data-allocation]");
const { say, phrase, post } = moving(root, document.querySelector("[data-allocation-words]"), ".allocation-frame");
const FAR = 5; // pixels that a hand moves before it drags
let held = null; // what is in the hand: {booth, target, byKeys}
let pressed = null; // where a button went down: {booth, x, y}
let hand = null; // what follows the pointer
let hasDragged = false; // the click that ends a drag is none

const form = () => root.querySelector("form[data-main]");
const places = () => [...root.querySelectorAll("[data-place]")];
const boothUnder = (element) => element?.closest?.("[data-booth]");
const placeUnder = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-place]");

// --- Telling the server ----------------------------------------------------------------------------------------------
function send(action, booth, given = {}) {
  const focusOn = given.focusOn ?? (action === "free" ? `booth-${booth.dataset.booth}` : booth.id);
  const { focusOn: _, ...rest } = given;
  post(form(), { action, booth: booth.dataset.booth, seen: booth.dataset.seen, place: "", other: "", other_seen: "", ...rest }, focusOn);
}

function put(booth, target) {
  if (!target || target === booth) return;
  const other = target.dataset;
  if (other.booth) send("swap", booth, { other: other.booth, other_seen: other.seen, focusOn: target.id });
  else send("place", booth, { place: other.place, focusOn: target.id });
}

// --- What it would mean ----------------------------------------------------------------------------------------------
function misfits(booth, target) {
  const has = target.dataset.has.split(" ");
  const [wants, sides] = [booth.dataset.wants, target.dataset.sides].map((text) => text.split(" ").map(Number));
  const found = booth.dataset.needs.split(" ").filter((need) => need && !has.includes(need)).map((need) => phrase(need));
  return wants.some((want, index) => want > sides[index]) ? [...found, phrase("small")] : found;
}

function told(booth, target) {
  const { number, words, name, booth: other } = target.dataset;
  const parts = [phrase("there", { place: number, size: words })];
  if (other && target !== booth) parts.push(phrase("taken", { booth: name }));
  return [...parts, ...misfits(booth, target)].join(" · ");
}

function show(target) {
  root.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target", "is-misfit"));
  if (!target) return;
  target.classList.add("is-target");
  target.classList.toggle("is-misfit", misfits(held.booth, target).length > 0);
}

function take(booth, byKeys) {
  held = { booth, byKeys, target: booth.dataset.place ? booth : null };
  booth.classList.add("slot-held");
}

function letGo() {
  held?.booth.classList.remove("slot-held");
  held?.booth.removeAttribute("aria-pressed");
  held = null;
  show(null);
  hand?.remove();
  hand = null;
}

// --- By keys ---------------------------------------------------------------------------------------------------------
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function middle(place) {
  const box = place.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** The nearest place in that direction; what lies aside counts double. */
function next(from, [right, down]) {
  const [x, y] = middle(from);
  const far = (place) => {
    const [a, b] = middle(place);
    const along = (a - x) * right + (b - y) * down;
    const aside = Math.abs((a - x) * down) + Math.abs((b - y) * right);
    return along > 1 ? along + 2 * aside : Infinity;
  };
  const found = places().reduce((best, place) => (far(place) < far(best) ? place : best), from);
  return far(found) === Infinity ? from : found;
}

function grab(booth) {
  if (held) letGo();
  take(booth, true);
  booth.setAttribute("aria-pressed", "true");
  show(held.target);
  say(phrase("grabbed", { booth: booth.dataset.name }));
}

function onHeldKey(event) {
  const { booth, target } = held;
  if (STEPS[event.key]) {
    held.target = target ? next(target, STEPS[event.key]) : places().find((place) => !place.dataset.booth) ?? places()[0];
    if (!held.target) return;
    show(held.target);
    held.target.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(told(booth, held.target));
  } else if (event.key === "Escape") {
    letGo();
    say(phrase("left", { booth: booth.dataset.name }));
  } else if (event.key === "Enter" || event.key === " ") {
    letGo();
    put(booth, target);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    letGo();
    if (booth.dataset.place) send("free", booth);
  } else return;
  event.preventDefault();
}

root.addEventListener("keydown", (event) => {
  const booth = boothUnder(event.target);
  if (held?.byKeys && booth === held.booth) onHeldKey(event);
  else if (booth && (event.key === " " || event.key === "Enter") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    grab(booth);
  }
});

root.addEventListener("focusout", (event) => {
  if (held?.byKeys && event.target === held.booth && event.relatedTarget) letGo();
});

// --- By hand, also with a finger --------------------------------------------------------------------------------------
root.addEventListener("dragstart", (event) => event.preventDefault()); // of the link
root.addEventListener("pointerdown", (event) => {
  const booth = boothUnder(event.target);
  pressed = booth && event.button === 0 ? { booth, x: event.clientX, y: event.clientY } : null;
  hasDragged = false;
});

// The focus stays with what is in the hand while a place is pressed.
root.addEventListener("mousedown", (event) => {
  if (held?.byKeys && event.target.closest("[data-place]")) event.preventDefault();
});

function lift() {
  if (held) letGo();
  take(pressed.booth, false);
  hand = document.createElement("div");
  hand.className = "allocation-hand";
  document.body.append(hand);
  hasDragged = true;
}

document.addEventListener("pointermove", (event) => {
  if (!pressed) return;
  if (!hand && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR) return;
  if (!hand) lift();
  event.preventDefault();
  held.target = placeUnder(event);
  show(held.target);
  hand.textContent = held.target ? `${held.booth.dataset.name}: ${told(held.booth, held.target)}` : held.booth.dataset.name;
  hand.style.setProperty("left", `${Math.min(event.clientX + 12, window.innerWidth - hand.offsetWidth - 4)}px`);
  hand.style.setProperty("top", `${event.clientY + 12}px`);
});

document.addEventListener("pointerup", (event) => {
  if (hand) {
    const { booth, target } = held;
    const isAside = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-waiting]");
    letGo();
    if (target) put(booth, target);
    else if (isAside && booth.dataset.place) send("free", booth);
  }
  pressed = null;
});

document.addEventListener("pointercancel", () => { if (hand) letGo(); pressed = null; });

// A click takes a booth up for the keyboard too; on a place, the booth in the hand is put down there.
root.addEventListener("click", (event) => {
  const link = event.target.closest("[data-booth], [data-place]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (hasDragged) return;
  fill(link);
  if (held?.byKeys && link.dataset.place && link !== held.booth) {
    const { booth } = held;
    letGo();
    put(booth, link);
  } else if (link.dataset.booth) {
    link.focus();
    grab(link);
  }
});

function fill({ dataset }) {
  const { elements } = form();
  if (dataset.booth) Object.assign(elements.booth, { value: dataset.booth });
  if (dataset.booth) Object.assign(elements.seen, { value: dataset.seen });
  if (dataset.place) Object.assign(elements.place, { value: dataset.place });
}

root.addEventListener("submit", (event) => {
  const sent = event.target.closest("form[data-move]");
  if (!sent) return;
  event.preventDefault();
  post(sent, { action: event.submitter.value }, null);
});

// Roles that fit what the keys do; without scripts each is a link to the form.
const pressable = () => root.querySelectorAll("[data-booth]:not([role])").forEach((one) => one.setAttribute("role", "button"));
new MutationObserver(pressable).observe(root, { childList: true, subtree: true });
pressable();
