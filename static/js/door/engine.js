// The door's engine: what the page at /door/ knows and does. No DOM here.
//
// door = await Door.open({ version, fetch?, indexedDB?, now? })
//   never throws: where nothing can be stored, door.state.storage says so. `version` is a text that the server is told.
//
// door.state, a plain object, replaced whenever it changes ("change" fires then, once per task):
//   paired        bool
//   isUnknown     bool: the server does not know the device (any more): paired is false, what is unsent is kept
//   isExpired     bool: the event is over: nobody is known any more and nothing is read; what is unsent is sent
//   isRevoked     bool: the server told the device to wipe itself (true from the first word until it is paired again)
//   isEvicted     bool: the device was paired, but the browser has thrown its data away
//   isOutdated    bool: another tab runs a newer version; this one must be reloaded and reads nothing any more
//   device        {id, name, gate, list, is_help_desk, language} | null        as in the roster's header
//   event         {slug, name: {fi, sv, en}, ends_at} | null
//   lists         [{number, name: {…}, is_return_normal, opens_at, closes_at, expected}]
//   gates         [{id, name: {…}}]
//   roles         [{id, name: {…}}]
//   organisationTypes [{id, name}]      help desks
//   rehearsal     [{id, kind, expected: ["tone/reason"]}]
//   list          number of the chosen list | null
//   gate          id of the chosen gate | null
//   language      "fi" | "sv" | "en", the device's
//   isHelpDesk    bool
//   online        bool: the last request was answered
//   rosterAt      ms, server time of the last roster | null before the first
//   unsent        number of items in the queue
//   ofOtherEvents number of items that wait until the device is paired to their event again
//   camera        id of the chosen camera | null (door.setCamera(id))
//   storage       "ok" | "full" | "unavailable"
//   clockOffset   ms, server time minus device time
//   arrivedHere   number of arrivals on the chosen list (all gates, as far as is known)
//   expected      number | null, of the chosen list
//   helpDeskPeople number of people that door.people() searches
//   recent        [{id, kind, at, list, gate, tone, reason, name, isAssistant, undone, canUndo, synced, certain, status,
//                 problem, isTest, passed}] newest first, at most 200; `at` in server ms; `name` is "" when it is no longer
//                 known (a reloaded page keeps nobody's name longer than an undo is possible); `status` "" or "broken";
//                 `problem` of a newcomer who could not be registered
//
// Events: "change"; "answer" with detail {scan, isLate}: the server's answer came, and scan (the object that read() gave)
//   has been brought up to date; isLate when it did not come as the live answer but later (another gate was first, the
//   registration had ended, a newcomer was registered); "forgotten": nobody is known any more (revoked, unknown,
//   expired); "wiped".
//
// A scan: {id, kind, tone, reason, person, isAssistant, since, gate, certain, rosterAt, isSame, isTest, expected, passed,
//          list, at, undone, synced, status, problem, isRemote, shown}
//   person     {registration, name, organisation, role, language, noPhoto, box} | null
//   since      server ms of the first arrival | null, gate: id of where that was | null
//   certain    false: the device's own word; true: the server has answered (or there is nothing to ask)
//   isSame     the same badge on this device within ten seconds: the earlier scan once more, nothing is written
//   isTest     a rehearsal's badge; expected ["tone/reason"], passed bool
//   at         server ms of the reading
//   shown      {tone, reason} as first shown; tone and reason follow the server's answer
//   status     "" | "broken" (kept by the server as a conflict), problem: text | ""
//
// await door.pair(token, name, language)   Error.code "used" | "offline" | "storage"
// await door.setList(number), door.setGate(id), door.setLanguage(code), door.setCamera(id)
//                                          Error.code "not_possible" for a list or gate that there is not
// await door.sync()                        sends and fetches now; never throws
// await door.read(text, {typed})           → scan; Error.code "storage" (nothing can be written, and the server does not
//                                            answer), "revoked", "unpaired", "outdated", "expired"
// await door.byName(person)                → scan of somebody out of people()
// await door.letIn(scanId)                 → scan with go/let_in; Error.code "not_possible" unless the tone is look or in
// await door.undo(scanId)                  → the scan, undone; Error.code "late" after 15 minutes, "not_possible"
// await door.walkIn({firstName, lastName, email, organisation, organisationType, language, photo})
//                                          → scan with go/admit; registered when it is sent ("answer" with
//                                            scan.person.registration or scan.problem)
// await door.toOnSite(scan)                → a new scan of the same badge; Error.code "full" | "not_possible" | "offline"
// await door.card(registration, isAssistant)  → the server's answer; Error.code "offline" | "forbidden" | "not_possible"
// door.people(query)                       → up to 30 {id, registration, isAssistant, name, organisation, role, language,
//                                            noPhoto, box, state, isRemote, lists, since}, without waiting; `since`:
//                                            arrived on the chosen list, server ms | null
// await door.checkStorage()                → state.storage, tried anew
// await door.wipe()                        deletes everything on this device, without sending
// door.close()                             stops timers and listening
//
// Every Error thrown on purpose has .code as above; anything else is a defect.
// Words are the page's business: the engine hands out keys only.

import { Api } from "./api.js";
import { Core } from "./core.js";
import { KEPT_SCANS } from "./forgetting.js";
import { search } from "./names.js";
import { DoorError, Reading } from "./reading.js";
import { recentLine } from "./scans.js";
import { pairedMark, persist } from "./store.js";
import { Sync } from "./sync.js";

const MOST_FOUND = 30;

export class Door extends EventTarget {
  #core;
  #api;
  #sync;
  #reading;
  #version;
  #state = null;
  #isTelling = false;

  /** The door of this browser. `upgrades` of the database are for tests. */
  static async open({ version = "", fetch = globalThis.fetch.bind(globalThis), indexedDB, now = Date.now, upgrades } = {}) {
    const door = new Door(version, fetch, now);
    await door.#core.open({ factory: indexedDB, upgrades });
    if (door.#core.kept.token) await persist();
    door.#sync.start();
    return door;
  }

  constructor(version, fetch, now) {
    super();
    this.#version = version;
    const core = new Core({
      now,
      onChange: () => this.#changed(),
      onForgotten: () => this.dispatchEvent(new Event("forgotten")),
      onWiped: () => this.dispatchEvent(new Event("wiped")),
    });
    const onAnswer = (isOnline) => {
      if (core.online !== isOnline) core.changed();
      core.online = isOnline;
    };
    const onTime = (reading) => core.heardTime(reading).catch((error) => core.failed(error));
    this.#core = core;
    this.#api = new Api({ fetch, now, token: () => core.kept.token, onAnswer, onTime });
    this.#sync = new Sync(core, this.#api, { version, onNews: (scan) => this.#tell(scan, true) });
    const tell = (scan) => this.#tell(scan, false);
    this.#reading = new Reading({ core, api: this.#api, sync: this.#sync, state: () => this.state, tell });
  }

  close() {
    this.#sync.stop();
    this.#core.close();
  }

  // --- State ------------------------------------------------------------------------------------------------------------
  get state() {
    this.#state ??= this.#described();
    return this.#state;
  }

  #changed() {
    this.#state = null;
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      this.dispatchEvent(new Event("change"));
    });
  }

  #tell(scan, isLate) {
    this.#changed();
    this.dispatchEvent(new CustomEvent("answer", { detail: { scan, isLate } }));
  }

  #described() {
    const { isPaired: paired, isRevoked, isEvicted, isExpired, isOutdated, online, storage, names, kept } = this.#core;
    const { unsent, others: ofOtherEvents } = this.#core;
    const scans = [...this.#core.scans.values()].filter((scan) => this.#core.isOwn(scan));
    const expected = (list) => list.expected ?? kept.expected?.[list.number] ?? null;
    const lists = (this.#core.header.lists ?? []).map((list) => ({ ...list, expected: expected(list) }));
    const at = this.#core.serverNow();
    return {
      ...{ paired, isRevoked, isUnknown: Boolean(kept.isUnknown), isEvicted: Boolean(isEvicted), isExpired, isOutdated },
      ...{ online, unsent, ofOtherEvents, storage },
      ...this.#outline(),
      ...this.#choices(),
      lists,
      rosterAt: kept.rosterAt ?? null,
      clockOffset: kept.clockOffset ?? 0,
      arrivedHere: this.#core.book.count(kept.settings?.list, this.#tests),
      expected: lists.find((list) => list.number === kept.settings?.list)?.expected ?? null,
      helpDeskPeople: names.length,
      recent: scans.slice(-KEPT_SCANS).reverse().map((scan) => recentLine(scan, at)),
    };
  }

  #outline() {
    const { event = null, gates = [], roles = [], organisation_types: organisationTypes = [], rehearsal = [], device } =
      this.#core.header;
    const known = device ?? this.#core.kept.device ?? null;
    return { event, gates, roles, organisationTypes, rehearsal, device: known, isHelpDesk: Boolean(known?.is_help_desk) };
  }

  #choices() {
    const { list = null, gate = null, language = "fi", camera = null } = this.#core.kept.settings ?? {};
    return { list, gate, language, camera };
  }

  get #tests() {
    return new Set((this.#core.header.rehearsal ?? []).map((test) => test.id));
  }

  // --- The device -------------------------------------------------------------------------------------------------------
  /** Makes this browser a device of the event. What waits to be sent goes out under its new name. */
  async pair(token, name, language) {
    if ((await this.#core.check()) === "unavailable") throw new DoorError("storage"); // the link is good only once
    const version = this.#version;
    const answer = await this.#api.post("pair", { token, name, language, version }).catch((error) => {
      throw new DoorError(error.status >= 400 && error.status < 500 ? "used" : "offline");
    });
    await this.#core.inTurn(() => this.#core.paired(answer, language)).catch((error) => this.#cannotStore(error));
    pairedMark(true);
    await persist();
    await this.#sync.run({ hasRoster: true });
  }

  #cannotStore(error) {
    this.#core.failed(error);
    throw new DoorError("storage");
  }

  async setList(number) {
    await this.#set("list", number, this.state.lists.some((list) => list.number === number));
  }

  async setGate(id) {
    await this.#set("gate", id, this.state.gates.some((gate) => gate.id === id));
  }

  async setLanguage(code) {
    await this.#set("language", code, ["fi", "sv", "en"].includes(code));
  }

  async setCamera(id) {
    await this.#set("camera", id, true);
  }

  async #set(name, value, isPossible) {
    if (!isPossible) throw new DoorError("not_possible");
    const core = this.#core;
    const keep = () => core.keep({ settings: { ...core.kept.settings, [name]: value } });
    await core.inTurn(keep).catch((error) => core.failed(error)); // chosen for now, if not for ever
  }

  async sync() {
    await this.#sync.run({ hasRoster: true });
  }

  async checkStorage() {
    return await this.#core.check();
  }

  async wipe() {
    await this.#core.inTurn(() => this.#core.wipe());
  }

  // --- What happens at the door -----------------------------------------------------------------------------------------
  async read(text) {
    return await this.#reading.read(text);
  }

  async byName(person) {
    return await this.#reading.byName(person);
  }

  async letIn(scanId) {
    return await this.#reading.letIn(scanId);
  }

  async undo(scanId) {
    return await this.#reading.undo(scanId);
  }

  async walkIn(told) {
    return await this.#reading.walkIn(told);
  }

  // --- Help desk --------------------------------------------------------------------------------------------------------
  people(query) {
    const arrivedAt = ({ id }) => this.#core.book.arrival(id, this.state.list)?.at ?? null;
    return search(this.#core.names, query, MOST_FOUND).map((person) => ({ ...person, since: arrivedAt(person) }));
  }

  async toOnSite(scan) {
    this.#reading.mustBeReady();
    const registration = scan.person?.registration ?? scan.registration;
    if (!registration) throw new DoorError("not_possible");
    await this.#desk(this.#api.post("on-site", { registration }));
    await this.#sync.run({ hasRoster: true });
    return await this.#reading.again(scan);
  }

  async card(registration, isAssistant) {
    const query = new URLSearchParams({ registration, is_assistant: isAssistant ? 1 : 0 });
    return await this.#desk(this.#api.get(`card?${query}`));
  }

  async #desk(asked) {
    return await asked.catch((error) => {
      if (error.status === 403) throw new DoorError("forbidden"); // no help desk, or no longer
      if (error.code !== "wipe") throw error;
      this.#sync.soon();
      throw new DoorError("revoked");
    });
  }
}
