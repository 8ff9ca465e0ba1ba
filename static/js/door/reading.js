// What happens at the door: reading, finding by name, letting in, taking back, newcomers. First the verdict, then the
// disk, then the page, then the server.

import { digest, unseal } from "./roster.js";
import { itemOf, namedAs, newScan, undoOf, undoRefusal } from "./scans.js";
import { LIVE, LIVE_UNTIL } from "./sync.js";
import { codeIn, ofTicket, verdict } from "./verdict.js";

const SAME_BADGE = 10_000;
const LETTERS_COMPARED = 200; // of what is no badge, to know it again
const MAY_BE_LET_IN = new Set(["look", "in"]);

/** Why something cannot be done, in a word. */
export class DoorError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export class Reading {
  #seen = new Map(); // what was read in the last ten seconds: {at, reading}

  /** `state()` is the door's; `tell(scan)` when the live answer has changed a scan. */
  constructor({ core, api, sync, state, tell }) {
    Object.assign(this, { core, api, sync, state, tell });
  }

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
    this.mustBeReady();
    const key = `${this.state().list}/${what}`;
    const at = this.core.now();
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

  mustBeReady() {
    if (this.core.isOutdated) throw new DoorError("outdated");
    if (this.core.isRevoked) throw new DoorError("revoked");
    if (this.core.isExpired) this.#refuseExpired();
    if (!this.core.isPaired || this.state().list === null || this.state().gate === null) throw new DoorError("unpaired");
  }

  #refuseExpired() {
    this.core.changed(); // it may have happened this very moment
    this.sync.tidy();
    throw new DoorError("expired");
  }

  async #readBadge(text, code, options) {
    const { id = null, key } = code ? await digest(code) : {};
    const judge = async () => {
      const ticket = this.core.book.ticket(id);
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
      const answer = ofTicket(this.core.book.ticket(id) ?? person, this.#known(id));
      return { kind: "name", registration, ticket: id, ...answer, person, isAssistant, isRemote };
    };
    return await this.#happen(judge, options);
  }

  /** What the rule is told besides the ticket. */
  #known(id) {
    const { list: onList, lists } = this.state();
    const isReturnNormal = lists.find(({ number }) => number === onList)?.is_return_normal ?? true;
    return { onList, isReturnNormal, isInside: this.core.book.arrival(id, onList) !== null, isCertain: false };
  }

  /** A badge of the rehearsal sheet is judged like any other, and counts for nothing. */
  #asTest(id, { tone, reason }) {
    const test = this.state().rehearsal.find((one) => one.id === id);
    if (!test) return {};
    return { kind: "test", isTest: true, expected: test.expected, passed: test.expected.includes(`${tone}/${reason}`) };
  }

  /** Verdict, then disk, then the page, then the server. */
  async #happen(judge, { isAwaited = false } = {}) {
    const scan = await this.core.inTurn(async () => {
      const about = await judge();
      const made = newScan({ ...about, ...this.#circumstances(about.ticket) });
      made.certain = about.isTest || made.reason === "not_a_badge" || !["read", "name"].includes(made.kind);
      await this.#write(made, itemOf(made));
      return made;
    });
    if (scan.certain || scan.synced) this.sync.poke();
    else if (isAwaited) await this.#ask(scan);
    else this.#ask(scan);
    return scan;
  }

  #circumstances(ticket) {
    const { list, gate: here, rosterAt } = this.state();
    const inside = this.core.book.arrival(ticket, list);
    const when = { scannedAt: this.core.now(), at: this.core.serverNow() };
    return { event: this.core.event, list, here, rosterAt, ...when, since: inside?.at ?? null, gate: inside?.gate ?? null };
  }

  /** To the disk; where that cannot be, the server may still keep it. */
  async #write(scan, item) {
    const isLive = !scan.certain;
    const liveUntil = isLive ? this.core.now() + LIVE_UNTIL : 0;
    try {
      await this.core.record(scan, item, { liveUntil });
    } catch (error) {
      this.core.failed(error);
      if (!isLive || !(await this.#ask(scan, false))) throw new DoorError("storage");
    }
  }

  /** Asks the server, which decides; whether it has answered. */
  async #ask(scan, isTold = true) {
    const { id, kind, list, here: gate, scannedAt: scanned_at } = scan;
    const body = { id, kind, ...namedAs(scan), list, gate, scanned_at, sent_at: this.core.now() };
    const answer = await this.api.post("scan", body, LIVE).catch((error) => error);
    if (answer instanceof Error || answer.id !== id) {
      this.sync.soon(answer.code === "wipe" ? 0 : LIVE_UNTIL + 500);
      return false;
    }
    const take = () => this.core.answered(scan, answer);
    await (isTold ? this.core.inTurn(take) : take()).catch((error) => this.core.failed(error));
    if (isTold) this.tell(scan);
    if (this.core.unsent) this.sync.soon(); // the network is back
    return true;
  }

  // --- Decisions --------------------------------------------------------------------------------------------------------
  #scan(scanId) {
    const scan = this.core.scans.get(scanId);
    if (!scan) throw new DoorError("not_possible");
    return scan;
  }

  async letIn(scanId) {
    this.mustBeReady();
    const of = this.#scan(scanId);
    const { code, registration, ticket, person, isAssistant, isRemote } = of;
    const isNamed = code || registration !== null;
    if (!MAY_BE_LET_IN.has(of.tone) || of.isTest || !isNamed) throw new DoorError("not_possible");
    const about = { code, registration, ticket, person, isAssistant, isRemote, tone: "go", reason: "let_in" };
    const scan = await this.#happen(() => ({ kind: "let_in", ...about }));
    const what = code ?? `#${registration}/${isAssistant}`;
    this.#seen.set(`${scan.list}/${what}`, { at: this.core.now(), reading: Promise.resolve(scan) });
    return scan;
  }

  async undo(scanId) {
    this.mustBeReady();
    const scan = this.#scan(scanId);
    await this.core.inTurn(async () => {
      const refusal = undoRefusal(scan, this.core.serverNow());
      if (refusal) throw new DoorError(refusal);
      await this.core.record(scan, undoOf(scan, this.core.now()), { isUndo: true }).catch((error) => {
        this.core.failed(error);
        throw new DoorError("storage");
      });
    });
    this.sync.poke();
    return scan;
  }

  async walkIn(told) {
    this.mustBeReady();
    const person = newcomer(told);
    const name = `${told.firstName} ${told.lastName}`.trim();
    const shown = { registration: null, name, organisation: told.organisation, role: null, language: told.language };
    const about = { kind: "walk_in", tone: "go", reason: "admit", ticket: `new:${person.registration_key}`, newcomer: person };
    return await this.#happen(() => ({ ...about, person: { ...shown, noPhoto: told.photo === "no_photo", box: "" } }));
  }

  /** Somebody who was changed over on the server: judged anew, by the server if it answers in time. */
  async again({ code, person, ticket, isAssistant, list }) {
    this.mustBeReady();
    if (code) return await this.#readBadge(code, code, { isAwaited: true });
    const known = { state: "confirmed", lists: [list], ...person, id: ticket, isAssistant, isRemote: false };
    return await this.#readName(known, { isAwaited: true });
  }
}

const newcomer = ({ firstName, lastName, email, organisation, organisationType, language, photo }) => ({
  ...{ registration_key: crypto.randomUUID(), first_name: firstName, last_name: lastName, email, organisation },
  ...{ organisation_type: organisationType, language, photo },
});
