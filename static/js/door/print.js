// Printing one badge: as a card of A6 or as a label of 89 × 36 mm, by the browser. Without network only the name.

import { byId, element, icon, say, svg } from "./elements.js";
import * as sheets from "./sheets.js";
import { inOwnLanguage, t } from "./texts.js";
import { lengthOf, roleName } from "./verdict-texts.js";

const BORDER = 4; // modules of quiet around the symbol, as the standard wants it

const PROBLEMS = { not_possible: "print_not_found", forbidden: "help_desk_only" };

/** The symbol as a drawing: `matrix` is base64 of n × n bits, row by row, highest bit first, filled up to a byte. */
export function symbol(matrix) {
  const bytes = Uint8Array.from(atob(matrix), (sign) => sign.charCodeAt(0));
  const size = Math.floor(Math.sqrt(bytes.length * 8));
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
export function start(door, emblem) {
  let shown = { person: null, card: null };
  const draw = () => {
    const size = byId("print-size-label").checked ? "label" : "card";
    byId("print-preview").replaceChildren(badge(shown, size, door.state, emblem));
    byId("paper").replaceChildren(badge(shown, size, door.state, emblem));
    document.documentElement.dataset.paper = size;
  };
  byId("print-sizes").addEventListener("change", draw);
  byId("print-do").addEventListener("click", () => window.print());

  async function fetchCard(person) {
    try {
      const card = await door.card(person.registration, person.isAssistant);
      return [card, ""];
    } catch (error) {
      return [null, PROBLEMS[error.code] ?? "print_offline"];
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

/** What the badge says: as the server has it, or what is known here. Without the server there is no code. */
function faceOf({ person, card }, state) {
  if (card) return { ...card, assistantOf: card.assistant_of, photoMark: card.photo_mark };
  const { language: lang } = person;
  return {
    ...person,
    lang,
    event: inOwnLanguage(state.event?.name, lang),
    role: person.isAssistant ? t("assistant", {}, lang) : roleName(person.role, state, lang),
    photoMark: person.noPhoto ? t("no_photo", {}, lang) : "",
  };
}

function badge(shown, size, state, emblem) {
  const face = faceOf(shown, state);
  const line = (name, text) => (text ? element("p", { class: `badge-${name}`, dir: "auto" }, text) : null);
  return element("div", { class: `badge badge-${size}`, lang: face.lang },
    line("event", [face.event, face.dates].filter(Boolean).join(" · ")),
    line(`name ${lengthOf(face.name)}`, face.name),
    line("organisation", face.organisation),
    line("role", face.role),
    line("assistant-of", face.assistantOf && t("assistant_of", { name: face.assistantOf }, face.lang)),
    line("days", face.days?.join(" · ")),
    face.photoMark ? element("p", { class: "badge-photo" }, icon("no-photo"), face.photoMark) : null,
    line("box", face.box),
    face.funding && size === "card"
      ? element("p", { class: "badge-funding" }, element("img", { src: emblem, alt: "" }), face.funding)
      : null,
    face.matrix ? symbol(face.matrix) : null);
}
