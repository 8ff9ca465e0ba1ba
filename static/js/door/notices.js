// Lines over the scanning screen: storage that fails, a new version.

import { byId, element, icon } from "./elements.js";

const shown = new Map(); // by kind: what it was built from

/** Shows a line with buttons, [[label, act], …]; the same line is not built twice, so that focus stays where it is. */
export function notice(kind, { title, text = "", isBad = false, buttons = [] }) {
  const fingerprint = JSON.stringify([title, text, buttons.map(([label]) => label)]);
  if (shown.get(kind) === fingerprint) return;
  withdraw(kind);
  shown.set(kind, fingerprint);
  byId("notices").append(
    element("div", { class: isBad ? "notice bad" : "notice", "data-kind": kind, role: isBad ? "alert" : null },
      icon(isBad ? "warning" : "history"),
      element("p", {}, element("b", {}, title), text ? ` ${text}` : ""),
      ...buttons.map(([label, act]) => element("button", { type: "button", onclick: act }, label))),
  );
}

/** Takes a line away. */
export function withdraw(kind) {
  shown.delete(kind);
  document.querySelector(`#notices [data-kind="${kind}"]`)?.remove();
}
