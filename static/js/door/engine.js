// The door's engine: what the page at /door/ knows and does. No DOM here.
//
// import { Door } from "./engine.js";
//
// door = await Door.open({ version, fetch?, indexedDB?, now? })
//   never throws: where nothing can be stored, door.state.storage says so. `version` is a text that the server is told.
//
// door.state, a plain object, replaced whenever it changes ("change" fires then, once per task):
//   paired        bool
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
//   registration had ended, a newcomer was registered); "wiped".
//
// A scan: {id, kind, tone, reason, person, isAssistant, since, gate, certain, rosterAt, isSame, isTest, expected, passed,
//          list, at, undone, synced, status, problem, isRemote, canLetIn, shown}
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
//                                            answer), "revoked", "unpaired", "outdated"
// await door.byName(person)                → scan of somebody out of people()
// await door.letIn(scanId)                 → scan with go/let_in; Error.code "not_possible" unless the tone is look or in
// await door.undo(scanId)                  → the scan, undone; Error.code "late" after 15 minutes, "not_possible"
// await door.walkIn({firstName, lastName, email, organisation, organisationType, language, photo})
//                                          → scan with go/admit; registered when it is sent ("answer" with
//                                            scan.person.registration or scan.problem)
// await door.toOnSite(scan)                → a new scan of the same badge; Error.code "full" | "not_possible" | "offline"
// await door.card(registration, isAssistant)  → the server's answer; Error.code "offline" | "forbidden" | "not_possible"
// door.people(query)                       → up to 30 {id, registration, isAssistant, name, organisation, role, language,
//                                            noPhoto, box, state, isRemote, lists}, without waiting
// await door.checkStorage()                → state.storage, tried anew
// await door.wipe()                        deletes everything on this device, without sending
// door.close()                             stops timers and listening
//
// Every Error thrown on purpose has .code as above; anything else is a defect.
// Words are the page's business: the engine hands out keys only.

import { Api } from "./api.js";
import { Core, KEPT_SCANS } from "./core.js";
import { search } from "./names.js";
import { digest, unseal } from "./roster.js";
import { itemOf, namedAs, newScan, recentLine, undoOf, undoRefusal } from "./scans.js";
import { StorageError, pairedMark, persist } from "./store.js";
import { LIVE, LIVE_UNTIL, Sync } from "./sync.js";
import { codeIn, ofTicket, verdict } from "./verdict.js";

const SAME_BADGE = 10_000;
const MOST_FOUND = 30;
const LETTERS_COMPARED = 200; // of what is no badge, to know it again
const MAY_BE_LET_IN = new Set(["look", "in"]);

/** Why something cannot be done, in a word. */
export class DoorError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export class Door extends EventTarget {
  #core;
  #api;
  #sync;
  #version;
  #state = null;
  #isTelling = false;
  #seen = new Map(); // what was read in the last ten seconds: {at, reading}

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
    const { isRevoked, isEvicted, isOutdated, online, unsent, storage, scans, names, kept } = this.#core;
    const expected = (list) => list.expected ?? kept.expected?.[list.number] ?? null;
    const lists = (this.#core.header.lists ?? []).map((list) => ({ ...list, expected: expected(list) }));
    const at = this.#core.serverNow();
    return {
      ...{ paired: Boolean(kept.token), isRevoked, isEvicted: Boolean(isEvicted), isOutdated, online, unsent, storage },
      ...this.#outline(),
      ...this.#choices(),
      lists,
      rosterAt: kept.rosterAt ?? null,
      clockOffset: kept.clockOffset ?? 0,
      arrivedHere: this.#core.book.count(kept.settings?.list, this.#tests),
      expected: lists.find((list) => list.number === kept.settings?.list)?.expected ?? null,
      helpDeskPeople: names.length,
      recent: [...scans.values()].slice(-KEPT_SCANS).reverse().map((scan) => recentLine(scan, at)),
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

  // --- Reading ----------------------------------------------------------------------------------------------------------
  async read(text) {
    const code = codeIn(text);
    const what = code ?? `?${String(text).slice(0, LETTERS_COMPARED)}`;
    return await this.#once(what, () => this.#readBadge(text, code));
  }

  async byName(person) {
    const what = `#${person.registration}/${person.isAssistant}`;
    return await this.#once(what, () => this.#readName(person));
  }

  /** The same within ten seconds is the same scan. A camera that goes on looking at a badge reads it once. */
  async #once(what, read) {
    this.#mustBeReady();
    const key = `${this.state.list}/${what}`;
    const at = this.#core.now();
    const isFresh = (entry) => Math.abs(at - entry.at) < SAME_BADGE;
    this.#seen.forEach((entry, name) => isFresh(entry) || this.#seen.delete(name));
    const earlier = this.#seen.get(key);
    if (earlier) {
      const scan = await earlier.reading;
      earlier.at = at;
      if (!scan.undone) return { ...scan, isSame: true };
    }
    const reading = read();
    this.#seen.set(key, { at, reading });
    return await reading.catch((error) => {
      this.#seen.delete(key);
      throw error;
    });
  }

  #mustBeReady() {
    if (this.#core.isOutdated) throw new DoorError("outdated");
    if (this.#core.isRevoked) throw new DoorError("revoked");
    if (!this.#core.kept.token || this.state.list === null || this.state.gate === null) throw new DoorError("unpaired");
  }

  async #readBadge(text, code, options) {
    const { id = null, key } = code ? await digest(code) : {};
    const judge = async () => {
      const ticket = this.#core.book.ticket(id);
      const person = await unseal(ticket, id, key);
      const answer = verdict(text, ticket, this.#known(id));
      const { isAssistant = false, isRemote = false } = ticket ?? {};
      return { kind: "read", code, ticket: id, ...answer, person, isAssistant, isRemote, ...this.#asTest(id, answer) };
    };
    return await this.#happen(judge, options);
  }

  async #readName(person, options) {
    const { id, registration, isAssistant, isRemote } = person;
    const judge = () => {
      const answer = ofTicket(this.#core.book.ticket(id) ?? person, this.#known(id));
      return { kind: "name", registration, ticket: id, ...answer, person, isAssistant, isRemote };
    };
    return await this.#happen(judge, options);
  }

  /** What the rule is told besides the ticket. */
  #known(id) {
    const { list: onList, lists } = this.state;
    const isReturnNormal = lists.find(({ number }) => number === onList)?.is_return_normal ?? true;
    return { onList, isReturnNormal, isInside: this.#core.book.arrival(id, onList) !== null, isCertain: false };
  }

  /** A badge of the rehearsal sheet is judged like any other, and counts for nothing. */
  #asTest(id, { tone, reason }) {
    const test = this.state.rehearsal.find((one) => one.id === id);
    if (!test) return {};
    return { kind: "test", isTest: true, expected: test.expected, passed: test.expected.includes(`${tone}/${reason}`) };
  }

  /** Verdict, then disk, then the page, then the server. */
  async #happen(judge, { isAwaited = false } = {}) {
    const scan = await this.#core.inTurn(async () => {
      const about = await judge();
      const made = newScan({ ...about, ...this.#circumstances(about.ticket) });
      made.certain = about.isTest || made.reason === "not_a_badge" || !["read", "name"].includes(made.kind);
      await this.#write(made, itemOf(made));
      return made;
    });
    if (scan.certain || scan.synced) this.#sync.poke();
    else if (isAwaited) await this.#ask(scan);
    else this.#ask(scan);
    return scan;
  }

  #circumstances(ticket) {
    const { list, gate: here, rosterAt } = this.state;
    const inside = this.#core.book.arrival(ticket, list);
    const when = { scannedAt: this.#core.now(), at: this.#core.serverNow() };
    return { list, here, rosterAt, ...when, since: inside?.at ?? null, gate: inside?.gate ?? null };
  }

  /** To the disk; where that cannot be, the server may still keep it. */
  async #write(scan, item) {
    const isLive = !scan.certain;
    const liveUntil = isLive ? this.#core.now() + LIVE_UNTIL : 0;
    try {
      await this.#core.record(scan, item, { liveUntil });
    } catch (error) {
      this.#core.failed(error);
      if (!isLive || !(await this.#ask(scan, false))) throw new DoorError("storage");
    }
  }

  /** Asks the server, which decides; whether it has answered. */
  async #ask(scan, isTold = true) {
    const { id, kind, list, here: gate, scannedAt: scanned_at } = scan;
    const body = { id, kind, ...namedAs(scan), list, gate, scanned_at, sent_at: this.#core.now() };
    const answer = await this.#api.post("scan", body, LIVE).catch((error) => error);
    if (answer instanceof Error || answer.id !== id) {
      this.#sync.soon(answer.code === "wipe" ? 0 : LIVE_UNTIL + 500);
      return false;
    }
    const take = () => this.#core.answered(scan, answer);
    await (isTold ? this.#core.inTurn(take) : take()).catch((error) => this.#core.failed(error));
    if (isTold) this.#tell(scan, false);
    if (this.#core.unsent) this.#sync.soon(); // the network is back
    return true;
  }

  // --- Decisions --------------------------------------------------------------------------------------------------------
  #scan(scanId) {
    const scan = this.#core.scans.get(scanId);
    if (!scan) throw new DoorError("not_possible");
    return scan;
  }

  async letIn(scanId) {
    this.#mustBeReady();
    const of = this.#scan(scanId);
    const { code, registration, ticket, person, isAssistant, isRemote } = of;
    const isNamed = code || registration !== null;
    if (!MAY_BE_LET_IN.has(of.tone) || of.isTest || !isNamed) throw new DoorError("not_possible");
    const about = { code, registration, ticket, person, isAssistant, isRemote, tone: "go", reason: "let_in" };
    const scan = await this.#happen(() => ({ kind: "let_in", ...about }));
    const what = code ?? `#${registration}/${isAssistant}`;
    this.#seen.set(`${scan.list}/${what}`, { at: this.#core.now(), reading: Promise.resolve(scan) });
    return scan;
  }

  async undo(scanId) {
    this.#mustBeReady();
    const scan = this.#scan(scanId);
    await this.#core.inTurn(async () => {
      const refusal = undoRefusal(scan, this.#core.serverNow());
      if (refusal) throw new DoorError(refusal);
      await this.#core.record(scan, undoOf(scan, this.#core.now()), { isUndo: true });
    }).catch((error) => (error instanceof StorageError ? this.#cannotStore(error) : Promise.reject(error)));
    this.#sync.poke();
    return scan;
  }

  async walkIn(told) {
    this.#mustBeReady();
    const person = newcomer(told);
    const name = `${told.firstName} ${told.lastName}`.trim();
    const shown = { registration: null, name, organisation: told.organisation, role: null, language: told.language };
    const about = { kind: "walk_in", tone: "go", reason: "admit", ticket: `new:${person.registration_key}`, newcomer: person };
    return await this.#happen(() => ({ ...about, person: { ...shown, noPhoto: told.photo === "no_photo", box: "" } }));
  }

  // --- Help desk --------------------------------------------------------------------------------------------------------
  people(query) {
    return search(this.#core.names, query, MOST_FOUND);
  }

  async toOnSite(scan) {
    this.#mustBeReady();
    const registration = scan.person?.registration ?? scan.registration;
    if (!registration) throw new DoorError("not_possible");
    await this.#desk(this.#api.post("on-site", { registration }));
    await this.#sync.run({ hasRoster: true });
    const again = { isAwaited: true };
    if (scan.code) return await this.#readBadge(scan.code, scan.code, again);
    const person = { ...scan.person, id: scan.ticket, isAssistant: scan.isAssistant, isRemote: false };
    return await this.#readName({ state: "confirmed", lists: [scan.list], ...person }, again);
  }

  async card(registration, isAssistant) {
    const query = new URLSearchParams({ registration, is_assistant: isAssistant ? 1 : 0 });
    return await this.#desk(this.#api.get(`card?${query}`));
  }

  async #desk(asked) {
    return await asked.catch((error) => {
      if (error.code !== "wipe") throw error;
      this.#sync.soon();
      throw new DoorError("revoked");
    });
  }
}

const newcomer = ({ firstName, lastName, email, organisation, organisationType, language, photo }) => ({
  ...{ registration_key: crypto.randomUUID(), first_name: firstName, last_name: lastName, email, organisation },
  ...{ organisation_type: organisationType, language, photo },
});
