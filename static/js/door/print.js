// Printing one badge: as a card of A6 or as a label of 89 × 36 mm, by the browser. Without network only the name.

import { byId, element, icon, say, svg } from "./elements.js";
import * as sheets from "./sheets.js";
import { inOwnLanguage, t } from "./texts.js";
import { roleName } from "./verdict-texts.js";

const BORDER = 4; // modules of quiet around the symbol, as the standard wants it

/** The symbol as a drawing: `matrix` is base64 of size × size bits, row by row, highest bit first. */
export function symbol({ matrix, size }) {
  const bytes = Uint8Array.from(atob(matrix), (sign) => sign.charCodeAt(0));
  const isDark = (place) => (bytes[place >> 3] >> (7 - (place & 7))) & 1;
  let path = "";
  for (let place = 0; place < size * size; place += 1) {
    if (isDark(place)) path += `M${BORDER + (place % size)} ${BORDER + Math.floor(place / size)}h1v1h-1z`;
  }
  const side = size + 2 * BORDER;
  const drawing = svg("svg", { viewBox: `0 0 ${side} ${side}`, class: "qr", "shape-rendering": "crispEdges" });
  drawing.append(svg("path", { d: path }));
  return drawing;
}

/** Wires the dialog; the function returned opens it for somebody. */
export function start(door) {
  let shown = { person: null, card: null };
  const draw = () => {
    const size = byId("print-size-label").checked ? "label" : "card";
    byId("print-preview").replaceChildren(badge(shown, size, door.state));
    byId("paper").replaceChildren(badge(shown, size, door.state));
    document.documentElement.dataset.paper = size;
  };
  byId("print-sizes").addEventListener("change", draw);
  byId("print-do").addEventListener("click", () => window.print());

  async function fetchCard(person) {
    try {
      const card = await door.card(person.registration, person.isAssistant);
      return [card, ""];
    } catch (error) {
      return [null, error.code === "not_possible" ? "print_not_found" : "print_offline"];
    }
  }

  return async (person) => {
    shown = { person, card: null };
    sheets.open("print");
    say("print-note", t("print_loading"));
    draw();
    const [card, problem] = await fetchCard(person);
    if (shown.person !== person) return;
    shown = { person, card };
    say("print-note", problem ? t(problem) : "");
    draw();
  };
}

function badge({ person, card }, size, state) {
  const told = { ...person, ...card };
  const role = typeof told.role === "number" ? roleName(told.role, state, told.language) : inOwnLanguage(told.role);
  const event = inOwnLanguage(card?.event?.name ?? card?.event ?? state.event?.name, told.language);
  const hasNoPhoto = told.noPhoto || told.no_photo;
  const length = (told.name ?? "").length;
  return element("div", { class: `badge badge-${size}`, lang: told.language },
    element("p", { class: "badge-event" }, event),
    element("p", { class: `badge-name${length > 34 ? " is-very-long" : length > 18 ? " is-long" : ""}`, dir: "auto" },
      told.name),
    element("p", { class: "badge-organisation", dir: "auto" }, told.organisation),
    element("p", { class: "badge-role" }, told.isAssistant ? t("assistant", {}, told.language) : role),
    hasNoPhoto ? element("p", { class: "badge-photo" }, icon("no-photo"), t("no_photo", {}, told.language)) : null,
    told.box ? element("p", { class: "badge-box" }, told.box) : null,
    card?.matrix ? symbol(card) : null);
}
