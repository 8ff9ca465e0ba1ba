// The menu: list, gate, language, camera, sound; the way to rehearsal and help.

import { preferences } from "./device.js";
import { byId, element, fillSelect, icon, say, tell } from "./elements.js";
import { isOpenNow } from "./opening.js";
import * as sheets from "./sheets.js";
import { inOwnLanguage, t } from "./texts.js";
import { reasonName } from "./verdict-texts.js";

const CLOCK_MATTERS_MS = 60_000;

/** Wires the menu. `acts`: {setLanguage(code), setCamera(id), setSound(on)}; `version` is the page's. */
export function start(door, camera, acts, version) {
  const draw = () => byId("menu-dialog").open && drawMenu(door.state, camera, version);
  byId("open-menu").addEventListener("click", () => {
    sheets.open("menu");
    draw();
  });
  byId("menu-list").addEventListener("change", ({ target }) => door.setList(Number(target.value)));
  byId("menu-gate").addEventListener("change", ({ target }) => door.setGate(Number(target.value)));
  byId("menu-camera").addEventListener("change", ({ target }) => acts.setCamera(target.value));
  byId("menu-sound").addEventListener("change", ({ target }) => acts.setSound(target.checked));
  byId("menu-sync").addEventListener("click", () => synchronise(door));
  for (const select of document.querySelectorAll("select.languages:not(#new-language)")) {
    select.addEventListener("change", ({ target }) => acts.setLanguage(target.value));
  }
  byId("open-help").addEventListener("click", () => sheets.open("help"));
  byId("open-rehearsal").addEventListener("click", () => {
    sheets.open("rehearsal");
    drawRehearsal(door.state);
  });
  return draw;
}

function drawMenu(state, camera, version) {
  const named = (rows, key) => rows.map((row) => [row[key], inOwnLanguage(row.name)]);
  fillSelect(byId("menu-list"), state.lists.map((list) => [list.number, labelOf(list, state)]), state.list);
  fillSelect(byId("menu-gate"), named(state.gates, "id"), state.gate);
  const cameras = camera.cameras.map(({ id, label }, place) => [id, label || t("camera_any", { number: place + 1 })]);
  fillSelect(byId("menu-camera"), cameras, camera.track?.getSettings().deviceId ?? state.camera);
  byId("menu-camera-field").hidden = cameras.length < 2;
  byId("menu-sound").checked = preferences().sound !== false;
  say("menu-device", state.device?.name ? t("device", { name: state.device.name }) : "");
  say("menu-others", state.ofOtherEvents ? t("other_event_kept", { number: state.ofOtherEvents }) : "");
  const minutes = Math.round(Math.abs(state.clockOffset) / 60_000);
  say("menu-clock", Math.abs(state.clockOffset) > CLOCK_MATTERS_MS ? t("clock_off", { minutes }) : "");
  say("menu-version", t("version", { version }));
}

/** The name of a list; of one that is open, it says so. */
function labelOf(list, { clockOffset }) {
  const name = inOwnLanguage(list.name);
  return isOpenNow(list, Date.now() + clockOffset) ? t("list_open", { list: name }) : name;
}

async function synchronise(door) {
  const button = byId("menu-sync");
  button.disabled = true;
  await door.sync();
  button.disabled = false;
  button.focus();
  const { online, unsent } = door.state;
  if (!online) tell(t("offline"));
  else tell(unsent ? t("unsent", { number: unsent }) : t("all_sent"));
}

function drawRehearsal({ rehearsal, recent }) {
  const tests = recent.filter(({ isTest }) => isTest);
  const passed = tests.filter((test) => test.passed).length;
  say("rehearsal-how", t(rehearsal.length ? "rehearsal_how" : "rehearsal_none"));
  say("rehearsal-sum", tests.length ? t("tests_so_far", { passed, failed: tests.length - passed }) : "");
  byId("rehearsal-rows").replaceChildren(...tests.map((test) => element("li", {},
    icon(test.passed ? "check" : "warning", `icon tone-${test.passed ? "go" : "stop"}`),
    element("div", {},
      element("b", {}, t(test.passed ? "test_passed" : "test_failed")),
      element("span", { class: "small" }, `${t(`word_${test.tone}`)} (${reasonName(test.reason)})`)))));
}
