// What is known of tickets and arrivals, in memory: a verdict asks nothing else. No storage, no network.

const SAME_ARRIVAL = 60_000; // ms: the server corrects clocks and counts in seconds
const keyOf = (id, list) => `${id}/${list}`;

/** Whether this scan of ours has let somebody in. */
export const admits = (scan) => scan.tone === "go" && !scan.undone && !scan.isTest;

/** The arrival that a scan of ours makes. */
export const arrivalOf = (scan) => ({ id: scan.ticket, list: scan.list, gate: scan.here, at: scan.at, scan: scan.id });

const isSame = (mine, told) => mine.gate === told.gate && Math.abs(mine.at - told.at) < SAME_ARRIVAL;

/** Tickets by id, arrivals by id and list. */
export class Book {
  constructor({ tickets = [], arrivals = [] } = {}) {
    this.tickets = new Map(tickets.map((ticket) => [ticket.id, ticket]));
    this.arrivals = new Map(arrivals.map((arrival) => [keyOf(arrival.id, arrival.list), arrival]));
  }

  ticket(id) {
    return this.tickets.get(id) ?? null;
  }

  arrival(id, list) {
    return this.arrivals.get(keyOf(id, list)) ?? null;
  }

  arrive(arrival) {
    this.arrivals.set(keyOf(arrival.id, arrival.list), arrival);
  }

  leave({ id, list }) {
    this.arrivals.delete(keyOf(id, list));
  }

  /** How many have arrived on a list; `tests` are ids that do not count. */
  count(list, tests = new Set()) {
    let found = 0;
    for (const arrival of this.arrivals.values()) found += arrival.list === list && !tests.has(arrival.id) ? 1 : 0;
    return found;
  }

  /**
   * Takes in a roster. What happened here and is not sent yet (`own`, oldest first) stays on top of what the server
   * knows. Returns what is to be stored: {isFull, tickets, arrivals, gone}.
   */
  merge({ header, tickets, arrivals }, own) {
    if (header.is_full) this.tickets.clear();
    const before = new Map(this.arrivals);
    if (header.is_full) this.arrivals.clear();
    tickets.forEach((ticket, id) => this.tickets.set(id, ticket));
    const touched = new Map();
    for (const told of arrivals) this.#take(told, before, touched);
    for (const scan of own) this.#replay(scan, touched);
    const all = header.is_full ? [...this.arrivals.values()] : [...touched.values()].filter((arrival) => arrival.at);
    const gone = [...touched.values()].filter((arrival) => !arrival.at);
    return { isFull: header.is_full, tickets: [...tickets.values()], arrivals: all, gone };
  }

  #take({ id, list, gate, at }, before, touched) {
    const mine = before.get(keyOf(id, list));
    const arrival = { id, list, gate: gate || null, at, scan: null };
    if (mine?.scan && at && isSame(mine, arrival)) arrival.scan = mine.scan; // so that it can be undone here
    at ? this.arrive(arrival) : this.leave(arrival);
    touched.set(keyOf(id, list), arrival);
  }

  #replay(scan, touched) {
    const { id, list } = arrivalOf(scan);
    const known = this.arrival(id, list);
    if (scan.isTest || !id) return;
    if (!scan.synced && admits(scan) && !known) {
      this.arrive(arrivalOf(scan));
      touched.set(keyOf(id, list), arrivalOf(scan));
    } else if (scan.undone && !scan.undoSynced && known && (known.scan === scan.id || isSame(arrivalOf(scan), known))) {
      this.leave(known);
      touched.set(keyOf(id, list), { id, list, at: 0 });
    }
  }

  /**
   * What an own scan, reported after it was shown, turns out to have been: {tone, reason, since, gate}, or null when it
   * was right. Asked with the first roster after the report.
   */
  afterwards(scan, isReturnNormal) {
    const state = this.ticket(scan.ticket)?.state;
    if (state === "revoked" || state === "ended")
      return { tone: "stop", reason: state === "ended" ? "cancelled" : "revoked", since: null, gate: null };
    const first = this.arrival(scan.ticket, scan.list);
    if (!first || isSame(arrivalOf(scan), first) || first.at > scan.at || scan.reason !== "admit") return null;
    const [tone, reason] = isReturnNormal ? ["go", "back"] : ["in", "already"];
    return { tone, reason, since: first.at, gate: first.gate };
  }
}
