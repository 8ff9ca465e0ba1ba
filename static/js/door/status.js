// What the scanning screen says of the device's state: list, gate, network, what is unsent, what was read last.

import { byId, element, icon, say } from "./elements.js";
import { t, time } from "./texts.js";
import { gateName, listName, reasonName } from "./verdict-texts.js";

/** Tells the state anew. */
export function showState(state) {
  say("list-name", listName(state.list, state) || t("title"));
  say("gate-name", gateName(state.gate, state));
  byId("state").replaceChildren(...parts(state).map(([name, text, tone]) =>
    element("li", { class: tone ?? "" }, name ? icon(name) : null, text)));
  byId("open-people").hidden = !state.isHelpDesk;
  showLast(state);
}

function parts(state) {
  const listOf = state.rosterAt ? t("list_of", { time: time(state.rosterAt) }) : t("no_list_yet");
  const arrived = state.expected === null || state.expected === undefined
    ? null
    : [null, t("arrived_of", { number: state.arrivedHere, expected: state.expected })];
  return [
    state.online ? ["online", t("online")] : ["offline", t("offline"), "is-offline"],
    [null, listOf],
    state.unsent ? [null, t("unsent", { number: state.unsent }), "is-unsent"] : [null, t("all_sent")],
    arrived,
  ].filter(Boolean);
}

function showLast({ recent = [] }) {
  const [last] = recent;
  const place = byId("last");
  place.className = "last";
  if (!last) {
    place.replaceChildren(t("nothing_yet"));
    return;
  }
  place.replaceChildren(
    icon(last.undone ? "history" : last.tone, `icon tone-${last.undone ? "undone" : last.tone}`),
    element("span", {}, element("b", { dir: "auto" }, last.name || reasonName(last.reason)), ` ${summary(last)}`),
  );
}

function whatHappened({ undone, name, kind, reason, tone }) {
  if (undone) return t("undone");
  if (kind === "walk_in") return reasonName("walk_in");
  return name ? reasonName(reason) : t(`word_${tone}`);
}

/** What happened and when: "let in · 8.42". */
export function summary(scan) {
  return [whatHappened(scan), time(scan.at), scan.synced ? "" : t("not_sent")].filter(Boolean).join(" · ");
}
