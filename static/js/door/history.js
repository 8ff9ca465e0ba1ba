// What this device has read, newest first; what was let in by mistake is taken back here.

import { byId, element, icon, tell } from "./elements.js";
import * as sheets from "./sheets.js";
import { summary } from "./status.js";
import { t } from "./texts.js";
import { newcomerProblem, reasonName } from "./verdict-texts.js";

const MOST_SHOWN = 50;

/** Opens and keeps up to date the list of what was read. `undo(id)` takes back. */
export function start(door, undo) {
  const draw = () => {
    if (!byId("history-dialog").open) return;
    const rows = door.state.recent.slice(0, MOST_SHOWN).map((scan) => row(scan, undo));
    byId("history").replaceChildren(...(rows.length ? rows : [element("li", {}, t("nothing_yet"))]));
  };
  byId("open-history").addEventListener("click", () => {
    sheets.open("history");
    draw();
  });
  return draw;
}

function row(scan, undo) {
  const name = nameOf(scan);
  const button = scan.canUndo && !scan.undone
    ? element("button", { type: "button", class: "quiet", "aria-label": `${t("undo")}: ${name}`,
      onclick: ({ currentTarget }) => takeBack(scan, undo, currentTarget) }, t("undo"))
    : null;
  const tone = scan.undone ? "undone" : scan.tone;
  return element("li", { class: scan.undone ? "undone" : "" },
    icon(scan.undone ? "history" : scan.tone, `icon tone-${tone}`),
    element("div", {},
      element("b", { dir: "auto" }, name),
      element("span", { class: "small" }, summary(scan)),
      scan.problem ? element("span", { class: "small bad-text" }, newcomerProblem(scan.problem)) : null),
    button);
}

function nameOf({ name, isTest, passed, reason }) {
  return name || (isTest ? t(passed ? "test_passed" : "test_failed") : reasonName(reason));
}

async function takeBack(scan, undo, button) {
  button.disabled = true;
  try {
    await undo(scan.id);
    byId("history-title").setAttribute("tabindex", "-1");
    byId("history-title").focus(); // the button is gone
  } catch {
    tell(t("not_done"));
    button.disabled = false;
  }
}
