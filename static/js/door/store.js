// What the device keeps, in IndexedDB. Scans are on the disk (durability "strict") before anybody is shown a verdict.
//
//   kept      key → value: token, device, event (its slug), header, cursor, rosterAt, clockOffset, settings, people,
//             isRevoked, isUnknown
//   tickets   {id, state, isRemote, isAssistant, lists, sealed}
//   arrivals  {id, list, gate, at, scan}           `scan`: of this device, when it was the first
//   queue     {order, id, item, event, liveUntil, isRefused}   what the server has not confirmed, in order
//   scans     {order, id, …}                       the last 200 and those unsent, for the history and for undoing

export const NAME = "i24-door";
const PROBE = 64 * 1024;
const LEAST_ROOM = 1024 * 1024;
const ALL = ["kept", "tickets", "arrivals", "queue", "scans"];
const MARK = "i24-door-paired"; // in localStorage: tells a device whose data was evicted from one never paired

// One function for each version. A version only ever adds a function at the end: the queue must survive it.
const UPGRADES = [
  (db) => {
    db.createObjectStore("kept");
    db.createObjectStore("tickets", { keyPath: "id" });
    db.createObjectStore("arrivals", { keyPath: ["id", "list"] });
    db.createObjectStore("queue", { keyPath: "order", autoIncrement: true }).createIndex("id", "id", { unique: true });
    db.createObjectStore("scans", { keyPath: "order", autoIncrement: true });
  },
];

/** Nothing can be written: `kind` is "full" or "unavailable". */
export class StorageError extends Error {
  constructor(cause) {
    super("Nothing can be stored on this device.", { cause });
    this.code = "storage";
    this.kind = cause?.name === "QuotaExceededError" ? "full" : "unavailable";
  }
}

/** A defect of ours stays what it is. */
const storageError = (error) => (error instanceof DOMException ? new StorageError(error) : error);

/** What `work` returns; half of it is never written. */
async function attempt(transaction, work) {
  try {
    return await work();
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // it has ended by itself
    }
    throw error;
  }
}

const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function openDatabase(factory, name, upgrades) {
  return new Promise((resolve, reject) => {
    const request = upgrades ? factory.open(name, upgrades.length) : factory.open(name);
    request.onupgradeneeded = ({ oldVersion }) =>
      upgrades?.slice(oldVersion).forEach((upgrade) => upgrade(request.result, request.transaction));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The database of this device. Every method may throw a StorageError. */
export class Store {
  /** `onGone("outdated" | "unavailable")`: a newer version wants the database, or the browser has closed it. */
  static async open({ factory = globalThis.indexedDB, upgrades = UPGRADES, onGone = () => {} } = {}) {
    try {
      const db = await openDatabase(factory, NAME, upgrades).catch((error) => {
        if (error?.name === "VersionError") return openDatabase(factory, NAME); // an older page; versions only add
        throw error;
      });
      return new Store(db, onGone);
    } catch (error) {
      throw new StorageError(error);
    }
  }

  constructor(db, onGone) {
    this.db = db;
    db.onversionchange = () => {
      db.close();
      onGone("outdated");
    };
    db.onclose = () => onGone("unavailable");
  }

  /** Does `work` with the named stores, all or nothing; what it returns, once everything is written. */
  async write(names, work, durability = "relaxed") {
    try {
      const transaction = this.db.transaction(names, "readwrite", { durability });
      const written = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error ?? new DOMException("Given up", "AbortError"));
      });
      const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
      const [done] = await Promise.all([attempt(transaction, () => work(stores)), written]);
      return done;
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Everything, for the start: {kept: {key: value}, tickets, arrivals, scans (oldest first), queue}. */
  async load() {
    try {
      const of = this.db.transaction(ALL, "readonly");
      const all = (name) => result(of.objectStore(name).getAll());
      const [keys, values, tickets, arrivals, scans, queue] = await Promise.all([
        result(of.objectStore("kept").getAllKeys()),
        all("kept"),
        all("tickets"),
        all("arrivals"),
        all("scans"),
        all("queue"),
      ]);
      const kept = Object.fromEntries(keys.map((key, place) => [key, values[place]]));
      return { kept, tickets, arrivals, scans, queue };
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Keeps values by name; undefined removes. */
  async keep(values) {
    await this.write(["kept"], ({ kept }) => {
      for (const [key, value] of Object.entries(values)) value === undefined ? kept.delete(key) : kept.put(value, key);
    });
  }

  /**
   * Something has happened: the scan (new or changed, or null), what is to be sent, the arrivals that it makes and takes
   * away; all or nothing, on the disk. Returns how many wait.
   */
  async record({ scan = null, item, event = null, liveUntil = 0, arrival = null, gone = null }) {
    const names = ["scans", "queue", "arrivals"];
    const put = async ({ scans, queue, arrivals }) => {
      if (arrival) arrivals.put(arrival);
      if (gone) arrivals.delete([gone.id, gone.list]);
      queue.add({ id: item.id, item, event, liveUntil, isRefused: false });
      const waiting = result(queue.count());
      const order = scan && (await result(scans.put(scan)));
      return { order, unsent: await waiting };
    };
    return await this.write(names, put, "strict");
  }

  /** What the server has confirmed leaves the queue, together with what follows from it. Returns how many wait. */
  async settle(ids, { scans: changed = [], arrivals: made = [], gone = [] } = {}) {
    const put = async ({ scans, queue, arrivals }) => {
      const keys = await Promise.all(ids.map((id) => result(queue.index("id").getKey(id))));
      keys.filter((key) => key !== undefined).forEach((key) => queue.delete(key));
      changed.forEach((scan) => scans.put(scan));
      made.forEach((arrival) => arrivals.put(arrival));
      gone.forEach(({ id, list }) => arrivals.delete([id, list]));
      return await result(queue.count());
    };
    return await this.write(["scans", "queue", "arrivals"], put, "strict");
  }

  /** Scans as they are now, without anything to send; and those that are no longer wanted. */
  async putScans(changed, orders = []) {
    await this.write(["scans"], ({ scans }) => {
      changed.forEach((scan) => scans.put(scan));
      orders.forEach((order) => scans.delete(order));
    });
  }

  /** The first `most` rows of the queue that `wanted` says yes to. */
  async waiting(most, wanted = () => true) {
    try {
      const rows = await result(this.db.transaction("queue", "readonly").objectStore("queue").getAll());
      return rows.filter(wanted).slice(0, most);
    } catch (error) {
      throw storageError(error);
    }
  }

  /** The server would not have this row: it waits behind the others, and is sent alone. */
  async setAside(row) {
    await this.write(["queue"], ({ queue }) => queue.put({ ...row, isRefused: true }), "strict");
  }

  /** A roster: all of it, or what has changed. */
  async putRoster({ isFull, tickets, arrivals, gone, kept: values }) {
    await this.write(["kept", "tickets", "arrivals"], (stores) => {
      if (isFull) [stores.tickets, stores.arrivals].forEach((each) => each.clear());
      tickets.forEach((ticket) => stores.tickets.put(ticket));
      gone.forEach(({ id, list }) => stores.arrivals.delete([id, list]));
      arrivals.forEach((arrival) => stores.arrivals.put(arrival));
      for (const [key, value] of Object.entries(values)) stores.kept.put(value, key);
    });
  }

  /** Forgets who may enter and who is inside, and some of what is kept; keeps the queue, the token and what has happened. */
  async forgetRoster(gone, changed = []) {
    await this.write(["kept", "tickets", "arrivals", "scans"], ({ kept, tickets, arrivals, scans }) => {
      gone.forEach((key) => kept.delete(key));
      [tickets, arrivals].forEach((each) => each.clear());
      changed.forEach((scan) => scans.put(scan));
    });
  }

  /** Deletes everything but the rows of the queue that `isKept` says yes to. */
  async wipe(isKept = () => false) {
    const clear = async (stores) => {
      const rows = await result(stores.queue.getAll());
      Object.values(stores).forEach((each) => each.clear());
      rows.filter(isKept).forEach((row) => stores.queue.put(row));
    };
    await this.write(ALL, clear, "strict");
  }

  /** "ok", "full" or "unavailable": whether the next scan can be written. */
  async check() {
    try {
      await this.write(["kept"], ({ kept }) => kept.put(new Uint8Array(PROBE), "probe"), "strict");
      await this.write(["kept"], ({ kept }) => kept.delete("probe"));
    } catch (error) {
      return error.kind;
    }
    const { quota, usage } = (await globalThis.navigator?.storage?.estimate?.().catch(() => null)) ?? {};
    return quota !== undefined && quota - usage < LEAST_ROOM ? "full" : "ok";
  }

  close() {
    this.db.close();
  }
}

/** Asks the browser not to throw the data away when room is short. */
export async function persist() {
  await globalThis.navigator?.storage?.persist?.().catch(() => false);
}

/** Whether this browser was paired, by a note outside the database; true or false also writes it. */
export function pairedMark(isPaired) {
  try {
    if (isPaired === true) localStorage.setItem(MARK, "1");
    if (isPaired === false) localStorage.removeItem(MARK);
    return localStorage.getItem(MARK) !== null;
  } catch {
    return false; // no such storage: then nothing can be told
  }
}
