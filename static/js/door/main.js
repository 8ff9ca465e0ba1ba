// The door's page: it joins the engine, which knows and remembers, with what staff see, hear and touch.

import { Camera } from "./camera.js";
import * as desk from "./desk.js";
import { prefer, preferences, stayAwake } from "./device.js";
import { byId, say, tell } from "./elements.js";
import { Door } from "./engine.js";
import * as history from "./history.js";
import * as menu from "./menu.js";
import { notice, withdraw } from "./notices.js";
import { openInstead } from "./opening.js";
import * as pairing from "./pairing.js";
import * as print from "./print.js";
import { Screen } from "./screen.js";
import * as sheets from "./sheets.js";
import { setSound, wake } from "./sounds.js";
import { showState } from "./status.js";
import { browserLanguage, currentLanguage, inOwnLanguage, setClockOffset, setLanguage, setTexts, t } from "./texts.js";
import { keepPage } from "./update.js";
import { outsideItsTime } from "./verdict-texts.js";
import * as wedge from "./wedge.js";

const LISTS_LOOKED_AT_MS = 30_000; // whether another one has opened

const data = JSON.parse(byId("door-data").textContent);

class Page {
  constructor(door) {
    this.door = door;
    this.isPairing = !door.state.paired || pairing.cameByLink();
    this.isStorageAccepted = false;
    this.staysOn = null; // the list that staff keep although it is not open
    this.reading = Promise.resolve();
    this.camera = new Camera(byId("video"), data.addresses);
    this.screen = new Screen(door, {
      undo: (scan) => this.undo(scan.id),
      letIn: async (scan) => this.show(await door.letIn(scan.id)),
      toOnSite: async (scan) => this.show(await door.toOnSite(scan)),
    });
  }

  /** Wires everything and opens the first screen. */
  start() {
    const { door, camera } = this;
    setSound(preferences().sound !== false);
    sheets.start(() => this.rest());
    pairing.start(door, () => this.paired());
    this.drawHistory = history.start(door, (id) => this.undo(id));
    this.drawMenu = menu.start(door, camera, this.choices(), data.version);
    const printBadge = print.start(door, data.addresses.emblem);
    this.desk = { show: (scan) => this.show(scan), print: printBadge };
    desk.start(door, this.desk);
    this.listen();
    if (this.isPairing) pairing.show(door.state);
    this.draw();
  }

  choices() {
    return {
      setLanguage: (code) => this.setLanguage(code),
      setCamera: (id) => {
        this.door.setCamera(id);
        this.camera.start(id);
      },
      setSound: (sound) => setSound(prefer({ sound }).sound),
    };
  }

  listen() {
    const { door, camera, screen } = this;
    door.addEventListener("change", () => this.draw());
    door.addEventListener("answer", ({ detail }) => screen.answered(detail.scan, detail));
    door.addEventListener("forgotten", () => this.forget());
    door.addEventListener("wiped", () => this.wiped());
    camera.addEventListener("state", () => this.drawCamera());
    camera.addEventListener("read", ({ detail }) => this.read(detail.text, detail));
    wedge.listen((text) => this.read(text), (key) => this.shortcut(key));
    byId("verdict").addEventListener("closed", () => this.rest());
    byId("camera-try").addEventListener("click", () => camera.start());
    byId("torch").addEventListener("click", () => camera.setTorch(!camera.isTorchOn).catch(() => {}));
    byId("open-code").addEventListener("click", () => this.openCode());
    byId("code-form").addEventListener("submit", (event) => this.typed(event));
    document.addEventListener("visibilitychange", () => this.seen());
    setInterval(() => this.drawLists(door.state), LISTS_LOOKED_AT_MS);
    document.addEventListener("keydown", (event) => event.key === "Escape" && screen.close());
    for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, wake, { capture: true });
    window.addEventListener("hashchange", () => pairing.cameByLink() && this.pairAgain());
  }

  // --- Reading -------------------------------------------------------------------------------------------------------
  /** Reads one thing after the other, so that the screen shows the last. */
  read(text, { typed = false, startedAt = performance.now() } = {}) {
    const next = () => this.readOne(text, typed, startedAt).catch((error) => console.error(error));
    this.reading = this.reading.then(next); // one that goes wrong does not stop the next
  }

  async readOne(text, typed, startedAt) {
    if (!this.mayScan()) return;
    const scan = await this.door.read(text, { typed }).catch(refused);
    if (scan && this.mayScan()) this.show(scan);
    performance.measure("reading to verdict", { start: startedAt, end: performance.now() });
  }

  /** Whether what is read would be written down, or staff know that it is not. */
  mayScan() {
    const { paired, storage, isOutdated, isExpired } = this.door.state;
    return paired && !this.isPairing && !isOutdated && !isExpired && (storage === "ok" || this.isStorageAccepted);
  }

  show(scan) {
    sheets.closeAll();
    this.screen.show(scan);
    this.rest();
  }

  async undo(id) {
    const scan = await this.door.undo(id);
    this.screen.close();
    tell([t("undone"), scan.person?.name].filter(Boolean).join(": "));
  }

  openCode() {
    byId("code").value = "";
    sheets.open("code");
    byId("code").focus();
    this.rest();
  }

  typed(event) {
    event.preventDefault();
    const text = byId("code").value;
    if (text.trim()) this.read(text, { typed: true });
  }

  shortcut(key) {
    if (key === "/" && this.mayScan() && this.door.state.isHelpDesk && !sheets.isAnyOpen()) {
      this.screen.close();
      desk.openSearch(this.door, this.desk);
    }
  }

  // --- What is seen --------------------------------------------------------------------------------------------------
  draw() {
    const { state } = this.door;
    setClockOffset(state.clockOffset);
    this.drawPairing(state);
    if (state.paired && state.language !== currentLanguage() && !this.isPairing) setLanguage(state.language);
    byId("pairing").hidden = !this.isPairing;
    byId("scanning").hidden = this.isPairing;
    showState(state);
    this.drawNotices(state);
    this.drawLists(state);
    this.drawHistory();
    this.drawMenu();
    this.rest();
  }

  /** Whoever is one of the door's no more sees the way back; who was not known for a while goes on. */
  drawPairing(state) {
    const isOut = !state.paired || state.isRevoked;
    if (this.wasUnknown && !isOut) this.isPairing = false;
    this.wasUnknown = state.isUnknown;
    if (isOut && !this.isPairing) this.pairAgain();
    if (this.isPairing) pairing.explain(state);
  }

  drawNotices({ storage, isOutdated, isExpired }) {
    if (storage === "ok") this.isStorageAccepted = false;
    if (storage === "ok" || this.isPairing) withdraw("storage");
    else this.noticeStorage(storage);
    if (isExpired && !this.isPairing) notice("expired", { title: t("expired"), text: t("expired_do"), buttons: [] });
    else withdraw("expired");
    if (isOutdated) notice("version", { title: t("new_version"), buttons: [[t("update"), () => location.reload()]] });
  }

  /** Proposes the list that is open while the chosen one is not; nobody is taken to another list unasked. */
  drawLists(state) {
    const at = Date.now() + state.clockOffset;
    const others = this.mayScan() && this.staysOn !== state.list ? openInstead(state, at) : [];
    if (!others.length) return withdraw("list");
    const change = ({ number, name }) => [t("list_change", { list: inOwnLanguage(name) }), () => this.door.setList(number)];
    const stay = [t("list_stay"), () => {
      this.staysOn = state.list;
      withdraw("list");
    }];
    notice("list", { title: `${outsideItsTime(state.list, state, at)}.`, buttons: [...others.map(change), stay] });
  }

  noticeStorage(storage) {
    const buttons = this.storageButtons();
    notice("storage", { title: t(`storage_${storage}`), text: t("storage_do"), isBad: true, buttons });
  }

  storageButtons() {
    const again = [t("storage_again"), () => this.door.checkStorage()];
    if (this.isStorageAccepted) return [again];
    return [again, [t("storage_go_on"), () => {
      this.isStorageAccepted = true;
      this.draw();
    }]];
  }

  drawCamera() {
    const { state, hasTorch, isTorchOn } = this.camera;
    const isProblem = ["refused", "none", "busy"].includes(state);
    byId("camera-problem").hidden = !isProblem;
    if (isProblem) {
      byId("camera-problem-title").textContent = t(`camera_${state}`);
      byId("camera-problem-text").textContent = t(`camera_${state}_do`);
    }
    byId("frame").hidden = byId("camera-hint").hidden = isProblem;
    byId("camera-hint").textContent = t(state === "starting" ? "camera_starts" : "camera_hint");
    byId("torch").hidden = !hasTorch;
    byId("torch").setAttribute("aria-pressed", String(isTorchOn));
    this.drawMenu();
  }

  /** The camera runs while one scans, and looks for nothing while something else is open. */
  rest() {
    this.camera.isResting = sheets.isAnyOpen() || !this.mayScan();
    const isWanted = !this.isPairing && document.visibilityState === "visible";
    if (isWanted && this.camera.state === "off") this.camera.start(this.door.state.camera);
    if (!isWanted) this.camera.stop();
    if (isWanted) stayAwake();
  }

  /** The page comes into sight, or goes out of it; a camera that was taken away meanwhile is asked for again. */
  seen() {
    if (document.visibilityState === "visible" && this.camera.state === "busy") this.camera.start();
    this.rest();
  }

  setLanguage(code) {
    setLanguage(code);
    if (this.door.state.paired) this.door.setLanguage(code);
    this.draw();
    this.drawCamera();
    this.screen.retell();
  }

  // --- Coming and going ------------------------------------------------------------------------------------------------
  pairAgain() {
    this.isPairing = true;
    sheets.closeAll();
    this.screen.close();
    pairing.show(this.door.state);
    this.draw();
  }

  paired() {
    this.isPairing = false;
    this.draw();
    byId("list-name").focus();
  }

  /** The device is one of the door's no more. */
  wiped() {
    this.forget();
    if (!this.isPairing) this.pairAgain();
  }

  /** Whom the device has forgotten does not stay on the screen either. */
  forget() {
    sheets.closeAll();
    this.screen.close();
    for (const id of ["people", "history", "paper", "print-preview", "verdict-name", "verdict-organisation", "last"]) {
      byId(id).replaceChildren();
    }
    byId("newcomer-form").reset();
    byId("verdict-told").textContent = byId("told").textContent = "";
  }
}

const REFUSALS = { revoked: null, outdated: null, expired: null, unpaired: "no_list" };

/** A reading that could not be written down is none: the screen says so, unless another one does. */
function refused(error) {
  const reason = error.code in REFUSALS ? REFUSALS[error.code] : "not_kept";
  return reason && { id: null, tone: "stop", reason, person: null, certain: false, isTest: false };
}

function block(title, text) {
  say("blocked-title", t(title));
  say("blocked-text", t(text));
  byId("blocked").hidden = false;
  byId("blocked-reload").addEventListener("click", () => location.reload());
}

async function run() {
  setTexts(data.texts);
  setLanguage(browserLanguage());
  if (!window.isSecureContext) return block("needs_https", "needs_https_do");
  const door = await Door.open({ version: data.version });
  new Page(door).start();
  await keepPage(data.worker, (take) =>
    notice("version", { title: t("new_version"), buttons: [[t("update"), take]] })).catch(() => {});
}

run().catch((error) => {
  block("cannot_start", "cannot_start_do");
  console.error(error);
});
