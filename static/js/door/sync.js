// Sending and fetching in the background: batches of what has happened, then the roster. One tab of a browser at a time.

import { ApiError } from "./api.js";
import { parse } from "./roster.js";
import { StorageError } from "./store.js";

const BATCH = 200;
const LAST_BATCH = 1000; // what a revoked device may send once more
const LOCK = "i24-door-sync";
const EVERY = { batch: 15_000, roster: 20_000, sign: 60_000, people: 600_000, refused: 600_000, tidy: 10_000 };
const LONGEST_PAUSE = 60_000;
const JITTER = 0.2;
export const LIVE = 1_500; // how long a scan waits for its answer
export const LIVE_UNTIL = 2 * LIVE; // so long nobody else sends it

const wait = () => performance.now(); // the device's clock may be set back at any moment; this one may not
const jittered = (time) => time * (1 - JITTER + 2 * JITTER * Math.random());

export class Sync {
  #last = { roster: -Infinity, sign: -Infinity, people: -Infinity, refused: wait() };
  #fails = 0;
  #running = null;
  #again = null;
  #timer = null;
  #tidying = null;
  #isOpen = false;

  /** `onNews(scan)`: the server says something else of a scan than was shown. */
  constructor(core, api, { version, onNews }) {
    Object.assign(this, { core, api, version, onNews });
    this.wake = () => {
      if (document.visibilityState !== "visible") return;
      this.tidy(); // no timer runs while a phone sleeps
      this.soon();
    };
    this.online = () => this.soon();
  }

  start() {
    this.#isOpen = true;
    globalThis.addEventListener?.("online", this.online);
    globalThis.document?.addEventListener("visibilitychange", this.wake);
    this.#tidying = setInterval(() => this.tidy(), EVERY.tidy);
    this.soon();
  }

  stop() {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    clearInterval(this.#tidying);
    globalThis.removeEventListener?.("online", this.online);
    globalThis.document?.removeEventListener("visibilitychange", this.wake);
  }

  /** Forgets what is to be forgotten, whether or not there is a network. */
  async tidy() {
    const { core } = this;
    if (!core.isOutdated) await core.inTurn(() => core.tidy()).catch((error) => core.failed(error));
  }

  /** After this task, or after `time` ms. */
  soon(time = 0) {
    clearTimeout(this.#timer);
    if (this.#isOpen) this.#timer = setTimeout(() => this.run(), time);
  }

  /** Something waits to be sent: now, unless the last attempt has failed and its pause is not over. */
  poke() {
    if (!this.#fails && !this.#running) this.soon();
    else if (this.#running) this.#again ??= { hasRoster: false };
  }

  /** Sends and fetches; resolves when that is done, well or not. `hasRoster` fetches it although it is fresh. */
  async run({ hasRoster = false } = {}) {
    if (this.#running) {
      this.#again = { hasRoster: hasRoster || Boolean(this.#again?.hasRoster) };
      return await this.#running;
    }
    this.#running = this.#runs(hasRoster);
    try {
      await this.#running;
    } finally {
      this.#running = null;
      this.soon(this.#pause());
    }
  }

  async #runs(hasRoster) {
    this.#again = { hasRoster };
    while (this.#again) {
      const { hasRoster: wanted } = this.#again;
      this.#again = null;
      await this.#alone(() => this.#once(wanted));
      if (this.#fails && !this.#again?.hasRoster) this.#again = null; // whoever asks for it gets an attempt of their own
    }
  }

  /** Two tabs never send the same twice: the other waits, and finds the queue empty. */
  async #alone(work) {
    const locks = globalThis.navigator?.locks;
    return await (locks ? locks.request(LOCK, work) : work());
  }

  #pause() {
    if (this.#fails) return jittered(Math.min(EVERY.batch * 2 ** (this.#fails - 1), LONGEST_PAUSE));
    const roster = this.#last.roster + EVERY.roster - wait();
    return Math.max(1_000, Math.min(jittered(EVERY.batch), this.#hasLive ? LIVE_UNTIL + 500 : Infinity, roster));
  }

  async #once(hasRoster) {
    const { core } = this;
    if (!core.kept.token || core.isOutdated) return;
    try {
      if (core.storage !== "ok") await core.check();
      if (!core.store) return;
      if (core.isRevoked) return await this.#lastWords();
      if (!core.event) await this.#fetchRoster(); // whose scans may be sent is not known yet
      const hasSent = await this.#sendAll();
      const isDue = wait() - this.#last.roster >= EVERY.roster - 1_000;
      if (hasRoster || hasSent || isDue) await this.#fetchRoster();
      this.#fails = 0;
    } catch (error) {
      await this.#failed(error);
    }
    await this.tidy();
  }

  async #failed(error) {
    this.#fails += 1;
    if (error instanceof StorageError) return this.core.failed(error);
    if (!(error instanceof ApiError)) throw error;
    if (error.code !== "wipe") return;
    if (!error.isKnown) return await this.#changed((core) => !core.kept.isUnknown && core.disown());
    this.#fails = 0;
    await this.#changed((core) => !core.isRevoked && core.revoke());
    await this.#lastWords().catch((failure) => this.#failed(failure));
  }

  /** Where it cannot be written, it holds for as long as the page is open. */
  async #changed(change) {
    const { core } = this;
    await core.inTurn(() => change(core)).catch((error) => core.failed(error));
  }

  // --- Batches ----------------------------------------------------------------------------------------------------------
  /** Sends the queue; whether anything of it was taken. */
  async #sendAll() {
    const before = this.core.unsent;
    for (let rows = await this.#next(); rows.length; rows = await this.#next()) await this.#send(rows);
    if (wait() - this.#last.refused > EVERY.refused) await this.#tryRefused();
    const isSignDue = wait() - this.#last.sign > EVERY.sign;
    if (isSignDue) await this.#send([]);
    return before > this.core.unsent;
  }

  /** What waits for another event is left alone. */
  async #own(most, wanted) {
    return await this.core.store.waiting(most, (row) => this.core.isOwn(row) && wanted(row));
  }

  async #next() {
    const now = this.core.now();
    const isLive = (row) => row.liveUntil > now && row.liveUntil <= now + LIVE_UNTIL;
    const open = await this.#own(BATCH, (row) => !row.isRefused);
    this.#hasLive = open.some(isLive);
    return open.filter((row) => !isLive(row));
  }

  #hasLive = false;

  /** What the server does not read at all is halved until the one item is found that it stumbles over. */
  async #send(rows) {
    try {
      await this.#post(rows);
    } catch (error) {
      if (!(error instanceof ApiError) || ![400, 413].includes(error.status) || !rows.length) throw error;
      if (rows.length === 1) return await this.core.inTurn(() => this.core.store.setAside(rows[0]));
      const middle = Math.ceil(rows.length / 2);
      await this.#send(rows.slice(0, middle));
      await this.#send(rows.slice(middle));
    }
  }

  async #post(rows) {
    const { core } = this;
    const { token } = core.kept;
    const device = { unsent: Math.max(0, core.unsent - rows.length), battery: await battery(), version: this.version };
    const body = { sent_at: core.now(), device, scans: rows.map((row) => row.item) };
    if (core.kept.token !== token) throw new ApiError("offline"); // paired anew meanwhile, perhaps to another event
    const answer = await this.api.post("scans", body);
    this.#last.sign = wait();
    const news = await core.inTurn(() => core.reported(rows, answer.results ?? []));
    news.forEach((scan) => this.onNews(scan));
    if (rows.length && !answer.results?.length) throw new ApiError("offline"); // nobody of ours answers so
    if (answer.wipe && !core.isRevoked) throw new ApiError("wipe", 401, true);
  }

  /** They stay in the queue, and may be taken by a later version of the server. */
  async #tryRefused() {
    this.#last.refused = wait();
    const rows = await this.#own(BATCH, (row) => row.isRefused);
    for (const row of rows) await this.#send([row]);
  }

  // --- Roster -----------------------------------------------------------------------------------------------------------
  async #fetchRoster() {
    const { core } = this;
    const { cursor, token } = core.kept;
    const since = cursor ? `?since=${encodeURIComponent(cursor)}` : "";
    const roster = await this.api.get(`roster${since}`, { read: parse });
    this.#last.roster = wait();
    if (core.kept.token !== token) throw new ApiError("offline"); // paired anew meanwhile, perhaps to another event
    const news = await core.inTurn(() => core.takeRoster(roster));
    news.forEach((scan) => this.onNews(scan));
    await this.#fetchPeople(roster.tickets.size > 0);
  }

  /** Help desks also hold the names; whoever is none any more forgets them. */
  async #fetchPeople(hasChanges) {
    const { core } = this;
    if (!core.header.device?.is_help_desk) {
      if (core.kept.people) await core.inTurn(() => core.keepPeople(undefined));
      return;
    }
    const isDue = wait() - this.#last.people > EVERY.people;
    if (!hasChanges && core.kept.people && !isDue) return;
    const { people } = await this.api.get("people");
    this.#last.people = wait();
    await core.inTurn(() => core.keepPeople(people));
  }

  // --- Revoked ----------------------------------------------------------------------------------------------------------
  /**
   * What is unsent goes out once more, and be it nothing: so the server hears that the device obeys. Then everything is
   * deleted. Without network the device tries again.
   */
  async #lastWords() {
    const { core } = this;
    const next = () => this.#own(LAST_BATCH, (row) => !row.isRefused);
    try {
      let rows = await next();
      do {
        await this.#send(rows);
        rows = await next();
      } while (rows.length);
    } catch (error) {
      const isLate = error.code === "wipe" && (error.isKnown || !core.unsent);
      if (!isLate) throw error; // the server takes nothing more from this device, or there is nothing
    }
    await core.inTurn(() => core.wipe());
  }
}

async function battery() {
  const told = await globalThis.navigator?.getBattery?.().catch(() => null);
  return told ? Math.round(told.level * 100) : null;
}
