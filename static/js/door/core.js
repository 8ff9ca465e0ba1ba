// What the engine knows: memory and disk, kept in step. Everything that changes them goes through inTurn(), one after
// the other, and never waits for the network there. No network here.

import { Book, admits, arrivalOf } from "./book.js";
import { OF_ROSTER, forgetNames, forgetPeople, tidy } from "./forgetting.js";
import { indexed } from "./names.js";
import { FORMAT, digest, personFrom, unseal } from "./roster.js";
import { stored } from "./scans.js";
import { Store, StorageError, pairedMark } from "./store.js";

const CHANNEL = "i24-door"; // to other tabs of this browser

export class Core {
  #turn = Promise.resolve();
  #channel = globalThis.BroadcastChannel ? new BroadcastChannel(CHANNEL) : null;

  constructor({ now, onChange, onForgotten, onWiped }) {
    Object.assign(this, { now, onChange, onForgotten, onWiped });
    this.storage = "unavailable";
    this.online = false;
    this.isOutdated = false;
    this.isRevoked = false;
    this.others = 0; // what waits for another event
    this.#forget();
    this.#channel?.addEventListener("message", ({ data }) => this.#hear(data));
  }

  /** Another tab has written something. */
  #hear(word) {
    if (word === "changed") this.inTurn(() => this.#load()).catch((error) => this.failed(error));
    else this.inTurn(() => this.#wiped(word === "revoked"));
  }

  #forget() {
    this.kept = {};
    this.book = new Book();
    this.scans = new Map(); // by id, oldest first
    this.names = [];
    this.unsent = 0;
  }

  /** Whether the device is one of the door's, as far as is known. */
  get isPaired() {
    return Boolean(this.kept.token) && !this.kept.isUnknown;
  }

  /** Whether the event is over, by the server's clock: then nobody is known any more. */
  get isExpired() {
    const ends = this.header.event?.ends_at;
    return Boolean(ends) && this.serverNow() >= ends;
  }

  /** The slug of the device's event; null until it is known. */
  get event() {
    return this.kept.event ?? this.header.event?.slug ?? null;
  }

  /** Whether a scan, or a row of the queue, belongs to the device's event. Others wait until it is paired to theirs. */
  isOwn({ event = null }) {
    return event === null || event === this.event;
  }

  get header() {
    return this.kept.header ?? {};
  }

  /** The moment by the server's clock. */
  serverNow() {
    return this.now() + (this.kept.clockOffset ?? 0);
  }

  /** One thing at a time. */
  inTurn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Tells the page, and other tabs when it is on the disk. */
  changed({ isStored = false } = {}) {
    if (isStored) this.#channel?.postMessage("changed");
    this.onChange();
  }

  // --- Opening ----------------------------------------------------------------------------------------------------------
  /** Opens the database and reads everything; where that fails, `storage` says so. */
  async open(options) {
    this.options = { ...options, onGone: (why) => this.#gone(why) };
    try {
      this.store = await Store.open(this.options);
      await this.inTurn(() => this.#opened());
    } catch (error) {
      this.failed(error);
    }
    await this.check();
    this.isEvicted = pairedMark() && !this.kept.token;
  }

  async #opened() {
    await this.#load();
    const { header, cursor } = this.kept;
    if ((header || cursor) && header?.format !== FORMAT) await forgetPeople(this, { hasOutline: false });
    await this.tidy();
  }

  #gone(why) {
    if (why === "outdated") this.isOutdated = true;
    else this.storage = "unavailable";
    this.changed();
  }

  async #load() {
    const all = await this.store.load();
    const newest = all.scans.at(-1)?.order ?? 0;
    const unwritten = [...this.scans.values()].filter((scan) => !(scan.order <= newest));
    this.kept = all.kept;
    this.isRevoked = Boolean(all.kept.isRevoked) || (this.isRevoked && !all.kept.token);
    this.book = new Book(all);
    this.others = all.queue.filter((row) => !this.isOwn(row)).length;
    this.unsent = all.queue.length - this.others;
    this.setPeople(all.kept.people ?? []);
    const known = this.scans;
    this.scans = new Map(all.scans.map((row) => [row.id, Object.assign(known.get(row.id) ?? { person: null }, row)]));
    unwritten.forEach((scan) => this.scans.set(scan.id, scan));
    const knowsPeople = this.isPaired && !this.isRevoked && !this.isExpired;
    if (knowsPeople) await Promise.all([...this.scans.values()].map((scan) => this.#name(scan)));
    else forgetNames(this); // another tab was told
    this.onChange();
  }

  /** The names of the last quarter of an hour are read again from the badges. */
  async #name(scan) {
    if (scan.person || !scan.code) return;
    const { id, key } = await digest(scan.code);
    scan.person = await unseal(this.book.ticket(id), id, key);
  }

  /** Notes that nothing can be written; anything else is a defect and goes on its way. */
  failed(error) {
    if (!(error instanceof StorageError)) throw error;
    this.storage = error.kind;
    this.changed();
  }

  /** Whether the next scan can be written; a database that the browser has closed is opened again. */
  async check() {
    let found = this.store ? await this.store.check() : "unavailable";
    if (found === "unavailable" && (await this.#reopened())) found = await this.store.check();
    this.storage = found;
    this.changed();
    return found;
  }

  async #reopened() {
    if (this.isOutdated) return false;
    const fresh = await Store.open(this.options).catch(() => null);
    if (!fresh) return false;
    this.store?.close();
    this.store = fresh;
    return true;
  }

  setPeople(rows) {
    const people = rows.map(([id, registration, isAssistant, ...row]) => {
      const [state, isRemote, lists] = row.slice(6);
      return { id, ...personFrom([registration, ...row]), isAssistant: Boolean(isAssistant), state, isRemote, lists };
    });
    this.names = indexed(people);
  }

  /** A new device, or the same one anew: of what was before only what waits to be sent stays. */
  async paired({ token, device }, language) {
    const { list, gate, event } = device;
    const settings = { list, gate, language, camera: this.kept.settings?.camera ?? null };
    this.kept = { clockOffset: this.kept.clockOffset };
    this.book = new Book();
    this.setPeople([]);
    this.isRevoked = false;
    this.isEvicted = false;
    await this.#stored().forgetRoster(["header", ...OF_ROSTER]);
    await this.keep({ token, device, event, settings, isRevoked: undefined, isUnknown: undefined });
    await this.#recount();
  }

  /** What waits for this event, and what for another one. */
  async #recount() {
    const rows = await this.store.waiting(Infinity);
    this.others = rows.filter((row) => !this.isOwn(row)).length;
    this.unsent = rows.length - this.others;
    this.changed();
  }

  /** The names for a help desk; undefined forgets them. */
  async keepPeople(people) {
    this.setPeople(people ?? []);
    await this.keep({ people });
  }

  /** Keeps values on the disk and in memory. */
  async keep(values) {
    Object.assign(this.kept, values);
    await this.#stored().keep(values);
    this.changed({ isStored: true });
  }

  #stored() {
    if (!this.store) throw new StorageError();
    return this.store;
  }

  // --- What happens here ------------------------------------------------------------------------------------------------
  /** Writes a scan with what is to be sent of it. In memory only after it is on the disk; a StorageError otherwise. */
  async record(scan, item, { liveUntil = 0, isUndo = false } = {}) {
    const mine = this.book.arrival(scan.ticket, scan.list);
    const isArriving = !isUndo && admits(scan) && Boolean(scan.ticket) && !mine;
    const arrival = isArriving ? arrivalOf(scan) : null;
    const gone = isUndo && mine?.scan === scan.id ? mine : null;
    const row = isUndo ? { ...stored(scan), undone: true } : stored(scan);
    const written = await this.#recorded({ scan: row, item, event: this.event, liveUntil, arrival, gone });
    Object.assign(scan, { order: written.order, undone: row.undone });
    this.unsent = written.unsent - this.others;
    this.storage = this.storage === "unavailable" ? "ok" : this.storage;
    this.remember(scan, arrival, gone);
    this.changed({ isStored: true });
  }

  /** Phones close databases of sleeping pages: then once more. */
  async #recorded(what) {
    try {
      return await this.#stored().record(what);
    } catch (error) {
      if (error.kind !== "unavailable" || !(await this.#reopened())) throw error;
      return await this.store.record(what);
    }
  }

  /** The same in memory alone. */
  remember(scan, arrival, gone) {
    this.scans.set(scan.id, scan);
    if (arrival) this.book.arrive(arrival);
    if (gone) this.book.leave(gone);
  }

  // --- What the server says ---------------------------------------------------------------------------------------------
  /** The live answer to a scan. */
  async answered(scan, answer) {
    const { tone, reason, since, gate, person } = answer;
    Object.assign(scan, { tone, reason, since, gate, certain: true, synced: true });
    scan.person = personFrom(person) ?? scan.person;
    const made = this.#arrivalTold(scan);
    const mine = scan.ticket && this.book.arrival(scan.ticket, scan.list);
    const gone = !made && mine?.scan === scan.id && !admits(scan) ? [mine] : [];
    this.remember(scan, made, gone[0]);
    const follows = { scans: scan.order ? [stored(scan)] : [], arrivals: made ? [made] : [], gone };
    if (this.store) this.unsent = (await this.store.settle([scan.id], follows)) - this.others;
    this.changed({ isStored: true });
  }

  /** Who is inside by a live answer; null when it says nothing about that. */
  #arrivalTold(scan) {
    if (!scan.ticket || scan.isTest || scan.undone) return null;
    if (scan.since && scan.reason !== "admit")
      return { id: scan.ticket, list: scan.list, gate: scan.gate, at: scan.since, scan: null };
    return admits(scan) && !this.book.arrival(scan.ticket, scan.list) ? arrivalOf(scan) : null;
  }

  /** What the server says to a batch; the scans that it changes. */
  async reported(rows, results) {
    const told = new Map(results.map((result) => [result.id, result]));
    const safe = rows.filter((row) => told.has(row.id));
    const changes = safe.map((row) => this.#takeResult(row.item, told.get(row.id)));
    const scans = changes.map(({ scan }) => scan).filter((scan) => scan?.order);
    const gone = changes.map((change) => change.gone).filter(Boolean);
    gone.forEach((arrival) => this.book.leave(arrival));
    const ids = safe.map((row) => row.id);
    this.unsent = (await this.store.settle(ids, { scans: scans.map(stored), gone })) - this.others;
    this.changed({ isStored: true });
    return changes.filter(({ isNews }) => isNews).map(({ scan }) => scan);
  }

  #takeResult(item, { status, tone, reason, since, gate, registration, problem }) {
    const scan = this.scans.get(item.kind === "undo" ? item.undoes : item.id);
    if (!scan) return { scan: null };
    if (item.kind === "undo") return { scan: Object.assign(scan, { undoSynced: true }) };
    const isNews = status === "broken" || item.kind === "walk_in" || Boolean(tone && tone !== scan.tone);
    Object.assign(scan, { synced: true, settling: !scan.certain, status: status === "broken" ? status : "" });
    if (tone) Object.assign(scan, { tone, reason, certain: true, settling: false });
    if (since) Object.assign(scan, { since, gate });
    if (item.kind !== "walk_in") return { scan, isNews };
    Object.assign(scan, { problem: problem ?? "", registration: registration ?? null });
    if (scan.person) scan.person.registration = scan.registration;
    // The newcomer's arrival comes with the roster, by the badge that there is now.
    return { scan, isNews, gone: this.book.arrival(scan.ticket, scan.list) };
  }

  /** Takes in a roster; the scans that turn out otherwise than they were shown. */
  async takeRoster(roster) {
    const { tickets, arrivals, ...header } = roster.header;
    const known = this.event;
    const kept = { header, cursor: header.cursor, rosterAt: header.now, event: header.event.slug, isUnknown: false };
    kept.settings = this.#settingsAfter(header);
    kept.expected = header.expected ?? this.kept.expected ?? {};
    Object.assign(this.kept, kept);
    const isOpen = (scan) => !scan.synced || (scan.undone && !scan.undoSynced);
    const own = [...this.scans.values()].filter((scan) => this.isOwn(scan) && isOpen(scan));
    const merged = this.book.merge(roster, own);
    await this.store.putRoster({ ...merged, kept });
    if (known !== this.event) await this.#recount();
    const news = await this.#settle();
    if (this.isExpired) await forgetPeople(this, { hasOutline: true });
    this.changed({ isStored: true });
    return news;
  }

  /** The organiser may give a device to another list or gate; otherwise its user's choice stands. */
  #settingsAfter(header) {
    const { settings = {}, header: before } = this.kept;
    const lists = header.lists.map((list) => list.number);
    const gates = header.gates.map((gate) => gate.id);
    const moved = (name) => before && before.device[name] !== header.device[name];
    const chosen = (name, all) => (moved(name) || !all.includes(settings[name]) ? header.device[name] : settings[name]);
    return { ...settings, list: chosen("list", lists), gate: chosen("gate", gates) };
  }

  async #settle() {
    const open = [...this.scans.values()].filter((scan) => scan.settling && this.isOwn(scan));
    const news = open.filter((scan) => this.#afterwards(scan));
    if (open.length) await this.store.putScans(open.filter((scan) => scan.order).map(stored));
    return news;
  }

  #afterwards(scan) {
    const list = this.header.lists.find(({ number }) => number === scan.list);
    const otherwise = scan.tone === "go" && scan.kind !== "walk_in" && !scan.undone && !scan.isTest
      && this.book.afterwards(scan, list?.is_return_normal ?? true); // prettier-ignore
    Object.assign(scan, { settling: false, certain: true }, otherwise || {});
    return Boolean(otherwise);
  }

  /** How far the server's clock is from ours. What lies within the time that the answer took is no news. */
  async heardTime({ server, sent, received }) {
    const offset = Math.round(server - (sent + received) / 2);
    const known = this.kept.clockOffset;
    if (known !== undefined && Math.abs(offset - known) <= (received - sent) / 2 + 50) return;
    this.kept.clockOffset = offset;
    this.changed();
    await this.store?.keep({ clockOffset: offset });
  }

  // --- Forgetting -------------------------------------------------------------------------------------------------------
  /** Codes and names that are no longer needed go. */
  async tidy() {
    await tidy(this);
  }

  /** Revoked: who may enter is forgotten at once, what is unsent stays until it is sent. */
  async revoke() {
    this.isRevoked = this.kept.isRevoked = true;
    await forgetPeople(this, { hasOutline: false });
    await this.keep({ isRevoked: true });
  }

  /** The server does not know this device: who may enter is forgotten, what is unsent stays until somebody takes it. */
  async disown() {
    this.kept.isUnknown = true;
    await forgetPeople(this, { hasOutline: false });
    await this.keep({ isUnknown: true });
  }

  /** Deletes everything; a device that was told to, all but the scans of another event, whose server has not heard them. */
  async wipe() {
    const { isRevoked } = this;
    await this.store?.wipe(isRevoked ? (row) => !this.isOwn(row) : undefined);
    pairedMark(false);
    this.#channel?.postMessage(isRevoked ? "revoked" : "wiped");
    this.#wiped(isRevoked);
  }

  #wiped(isRevoked) {
    this.#forget();
    this.isRevoked = isRevoked;
    if (!isRevoked) this.others = 0;
    this.onChange();
    this.onWiped();
  }

  close() {
    this.#channel?.close();
    this.store?.close();
  }
}
