// The help desk: finding somebody by name, registering a newcomer.

import { byId, element, fillSelect } from "./elements.js";
import * as sheets from "./sheets.js";
import { currentLanguage, inOwnLanguage, t, time } from "./texts.js";
import { roleName } from "./verdict-texts.js";

const MOST_FOUND = 30; // the engine gives no more
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

/** Wires the search and the form. `acts`: {show(scan), print(person)}. */
export function start(door, acts) {
  byId("open-people").addEventListener("click", () => openSearch(door, acts));
  byId("people-query").addEventListener("input", () => drawPeople(door, acts));
  byId("people-form").addEventListener("submit", (event) => {
    event.preventDefault();
    byId("people").querySelector("button")?.focus();
  });
  byId("open-newcomer").addEventListener("click", () => openForm(door));
  byId("newcomer-form").addEventListener("submit", (event) => {
    event.preventDefault();
    register(door, acts);
  });
}

/** Opens the search with an empty field. */
export function openSearch(door, acts) {
  byId("people-query").value = "";
  sheets.open("people");
  drawPeople(door, acts);
  byId("people-query").focus();
}

function drawPeople(door, acts) {
  const query = byId("people-query").value.trim();
  const found = query ? door.people(query) : [];
  byId("people").replaceChildren(...found.map((person) => personRow(person, door, acts)));
  const count = found.length >= MOST_FOUND ? t("search_more") : t("search_count", { number: found.length });
  byId("people-count").textContent = !query ? "" : found.length ? count : t("search_none");
}

function personRow(person, door, acts) {
  const state = person.state === "confirmed" && person.isRemote ? "remote" : person.state;
  const about = [
    person.organisation,
    person.isAssistant ? t("assistant") : roleName(person.role, door.state),
    t(`state_${state}`),
    person.since ? t("arrived_at", { time: time(person.since) }) : "",
  ];
  return element("li", {},
    element("div", {},
      element("b", { dir: "auto" }, person.name),
      element("span", { class: "small", dir: "auto" }, about.filter(Boolean).join(" · "))),
    element("div", { class: "row-actions" },
      choice(state === "confirmed" ? "check_in" : "code_do", person, () => checkIn(person, door, acts)),
      state === "confirmed"
        ? choice("print", person, () => acts.print(person))
        : null));
}

function choice(key, { name }, onclick) {
  const className = key === "check_in" ? "" : "quiet";
  return element("button", { type: "button", class: className, "aria-label": `${t(key)}: ${name}`, onclick }, t(key));
}

async function checkIn(person, door, acts) {
  try {
    acts.show(await door.byName(person));
  } catch {
    byId("people-count").textContent = t("not_done");
  }
}

function openForm({ state }) {
  const types = state.organisationTypes ?? [];
  fillSelect(byId("new-type"), [["", t("choose")], ...types.map(({ id, name }) => [id, inOwnLanguage(name)])],
    byId("new-type").value);
  byId("new-type-field").hidden = types.length === 0;
  byId("newcomer-offline").hidden = state.online;
  if (!byId("new-first").value) byId("new-language").value = currentLanguage();
  sheets.open("newcomer");
  byId("new-first").focus();
}

/** What is wrong with the form: [[field, text], …]. The server looks at it again when it gets it. */
function problems() {
  const fields = [...byId("newcomer-form").elements].filter(({ name, labels }) => name && labels?.length);
  return fields.flatMap((field) => {
    const [value, label] = [field.value.trim(), field.labels[0].textContent];
    const isShown = !field.closest(".field")?.hidden;
    if (field.required && isShown && !value) return [[field, t("field_needed", { field: label })]];
    if (value && field.type === "email" && !EMAIL.test(value)) return [[field, t("field_email", { field: label })]];
    if (field.maxLength > 0 && value.length > field.maxLength) return [[field, t("field_long", { field: label })]];
    return [];
  });
}

function showProblems(found) {
  const summary = byId("newcomer-errors");
  for (const field of byId("newcomer-form").elements) field.removeAttribute("aria-invalid");
  for (const [field] of found) field?.setAttribute("aria-invalid", "true");
  byId("newcomer-error-list").replaceChildren(...found.map(([field, text]) =>
    element("li", {}, field ? wayTo(field, text) : text)));
  summary.hidden = found.length === 0;
  if (found.length) summary.focus();
}

function wayTo(field, text) {
  const go = (event) => {
    event.preventDefault(); // the address names no field
    field.focus();
  };
  return element("a", { href: `#${field.id}`, onclick: go }, text);
}

async function register(door, acts) {
  const form = byId("newcomer-form");
  const found = problems();
  showProblems(found);
  if (found.length) return;
  const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  const type = given.organisationType ? Number(given.organisationType) : null;
  form.querySelector("[type=submit]").disabled = true; // a second tap is not a second person
  try {
    const scan = await door.walkIn({ photo: "", ...given, organisationType: type });
    form.reset();
    acts.show(scan);
  } catch {
    showProblems([[null, t("not_done")]]);
  } finally {
    form.querySelector("[type=submit]").disabled = false;
  }
}
