// The verdict: it fills the screen, sounds, and goes away. The camera goes on reading underneath; the next badge
// replaces what is shown. An answer of the server that changes the verdict replaces it too, and calls for attention.

import { byId, element, icon, say } from "./elements.js";
import { signal } from "./sounds.js";
import { t } from "./texts.js";
import { greeting, inOneSentence, lengthOf, roleName, smallPrint, whatToDo, word } from "./verdict-texts.js";

const GO_STAYS_MS = 2500;
const PROBLEMS = {
  full: "on_site_full", not_possible: "on_site_not_possible", forbidden: "help_desk_only", offline: "needs_network",
};

export class Screen {
  /** `acts`: {undo(scan), letIn(scan), toOnSite(scan)}, each of which may throw an Error with a code. */
  constructor(door, acts) {
    this.door = door;
    this.acts = acts;
    this.scan = null;
    this.last = null; // what was on the screen last, which a late answer may bring back
    this.returnTo = null;
    this.timer = 0;
    this.place = byId("verdict");
    this.place.addEventListener("click", ({ target }) => target.closest("button") || this.close());
    this.place.addEventListener("focusin", ({ target }) => target.closest("button") && clearTimeout(this.timer));
    this.place.addEventListener("focusout", () => this.#planToClose());
  }

  /** Shows a scan's verdict at once. */
  show(scan, { isChanged = false } = {}) {
    if (!this.scan) this.returnTo = document.activeElement;
    this.scan = this.last = scan;
    this.seen = answerOf(scan);
    this.#draw(isChanged);
    this.place.hidden = false;
    for (const below of this.#below()) below.inert = true;
    this.place.focus({ preventScroll: true });
    this.place.scrollTop = 0;
    byId("verdict-told").textContent = (isChanged ? `${t("changed")}. ` : "") + inOneSentence(scan, this.door.state);
    signal(isChanged ? "changed" : soundOf(scan));
    this.#planToClose();
  }

  /** The server's answer to a scan has come. */
  answered(scan, { isLate = false } = {}) {
    const isShown = this.scan?.id === scan.id;
    if (this.last?.id !== scan.id || scan.undone) return;
    if (answerOf(scan) !== this.seen && (isShown || !isLate)) this.show(scan, { isChanged: true });
    else if (isShown) this.#draw(!byId("verdict-changed").hidden);
  }

  /** Tells everything anew, in another language. */
  retell() {
    if (this.scan) this.#draw(!byId("verdict-changed").hidden);
  }

  get isShown() {
    return this.scan !== null;
  }

  /** Back to scanning. */
  close() {
    if (!this.scan) return;
    clearTimeout(this.timer);
    this.scan = null;
    this.place.hidden = true;
    for (const below of this.#below()) below.inert = false;
    if (this.returnTo?.isConnected && this.returnTo !== document.body) this.returnTo.focus({ preventScroll: true });
    this.place.dispatchEvent(new Event("closed"));
  }

  #below() {
    return [byId("main"), byId("notices")];
  }

  #planToClose() {
    clearTimeout(this.timer);
    const goesAway = this.scan?.isTest ? this.scan.passed : this.scan?.tone === "go";
    if (goesAway && !this.scan.problem) this.timer = setTimeout(() => this.#closeUnlessUsed(), GO_STAYS_MS);
  }

  #closeUnlessUsed() {
    const isUsed = this.place.contains(document.activeElement) && document.activeElement !== this.place;
    if (!isUsed) this.close();
  }

  #draw(isChanged) {
    const { scan, door: { state } } = this;
    const [text, sign] = word(scan);
    this.place.className = `verdict ground-${groundOf(scan)}`;
    byId("verdict-icon").setAttribute("href", `#icon-${sign}`);
    say("verdict-word", text);
    say("verdict-changed", isChanged ? t("changed") : "");
    const greets = greeting(scan);
    say("verdict-greeting", greets?.text, { lang: greets?.lang });
    this.#drawPerson(scan, state);
    say("verdict-do", whatToDo(scan, state));
    say("verdict-certainty", smallPrint(scan, state));
    byId("verdict-certainty").classList.toggle("is-certain", Boolean(scan.certain));
    byId("verdict-actions").replaceChildren(...this.#actions(scan));
  }

  #drawPerson({ person, isAssistant }, state) {
    const name = person?.name ?? "";
    say("verdict-name", name);
    byId("verdict-name").className = `verdict-name ${lengthOf(name)}`;
    say("verdict-organisation", person?.organisation);
    say("verdict-role", isAssistant ? t("assistant") : roleName(person?.role, state));
    const marks = [
      person?.box ? element("li", { class: "box" }, element("span", {}, t("box")), element("b", {}, person.box)) : null,
      person?.noPhoto ? element("li", { class: "no-photo" }, icon("no-photo"), t("no_photo")) : null,
    ].filter(Boolean);
    byId("verdict-marks").replaceChildren(...marks);
    byId("verdict-marks").hidden = marks.length === 0;
  }

  #actions(scan) {
    const can = [];
    if (!scan.isTest && scan.tone === "look" && (scan.reason === "remote" || scan.isRemote)) {
      can.push(this.#button("to_on_site", this.acts.toOnSite, "strong"));
    }
    if (!scan.isTest && canLetIn(scan)) can.push(this.#button("let_in", this.acts.letIn));
    if (!scan.isTest && scan.tone === "go" && !scan.undone && !scan.problem) can.push(this.#button("undo", this.acts.undo));
    return [...can, element("button", { type: "button", class: "next", onclick: () => this.close() }, t("next"))];
  }

  #button(key, act, className = "") {
    return element("button", { type: "button", class: className, onclick: () => this.#do(act) }, t(key));
  }

  async #do(act) {
    const { scan } = this;
    try {
      await act(scan);
    } catch (error) {
      if (this.scan !== scan) return;
      const message = t(PROBLEMS[error.code] ?? "not_done");
      say("verdict-do", message);
      byId("verdict-told").textContent = message;
    }
  }
}

function canLetIn(scan) {
  return scan.canLetIn ?? (scan.id !== null && ["look", "in"].includes(scan.tone));
}

function answerOf({ tone, reason, problem }) {
  return `${tone}/${reason}/${problem ?? ""}`;
}

function groundOf(scan) {
  if (!scan.isTest) return scan.tone;
  return scan.passed ? "test" : "stop";
}

function soundOf(scan) {
  if (!scan.isTest) return scan.tone;
  return scan.passed ? "go" : "stop";
}
