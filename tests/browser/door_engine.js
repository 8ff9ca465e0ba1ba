// Stands in for static/js/door/engine.js where a test looks at the page alone: it answers what the test tells it to.
// window.test = {state, answer, refusal, calls, door}; see the engine's own head for what everything means.

const name = (fi, sv, en) => ({ fi, sv, en });
const NOW = Date.now();
const MINUTE = 60_000;

const PERSON = {
  registration: 7, name: "Anna-Maija Ek-Lindqvist", organisation: "Varsinais-Suomen hyvinvointialue", role: 1,
  language: "sv", noPhoto: true, box: "K–M",
};
const STATE = {
  paired: true, isRevoked: false, isUnknown: false, isEvicted: false, isExpired: false, isOutdated: false, camera: null,
  ofOtherEvents: 0,
  device: { id: 1, name: "Puhelin 1", gate: 1, list: 1, is_help_desk: true, language: "fi" },
  event: { slug: "2024", name: name("Tapahtuma", "Evenemang", "Event"), ends_at: NOW },
  lists: [
    { number: 1, name: name("Torstai 14.11.", "Torsdag 14.11", "Thursday 14 Nov") },
    { number: 2, name: name("Illallinen", "Middag", "Dinner") },
  ],
  gates: [{ id: 1, name: name("Pääovi", "Huvudingång", "Main entrance") }, { id: 2, name: name("Sali", "Sal", "Hall") }],
  roles: [{ id: 1, name: name("Osallistuja", "Deltagare", "Participant") }],
  organisationTypes: [{ id: 3, name: name("Kunta", "Kommun", "Municipality") }],
  rehearsal: [{ id: "aa", kind: "valid", expected: ["go/admit"] }],
  list: 1, gate: 1, language: "fi", isHelpDesk: true, online: true, rosterAt: NOW - 5 * MINUTE, unsent: 0, storage: "ok",
  clockOffset: 0, arrivedHere: 42, expected: 640, helpDeskPeople: 640,
  recent: [
    row("go", "admit", "Oskari Esimerkki", { canUndo: true }),
    row("stop", "not_a_badge", "", { synced: false }),
    row("go", "admit", "Elli Esimerkki", { undone: true }),
    row("go", "admit", "", { isTest: true, passed: true }),
    row("go", "admit", "Uuno Uusi", { kind: "walk_in", problem: "email", status: "broken" }),
  ],
};

function row(tone, reason, named, more) {
  return {
    id: `${tone}-${named}`, kind: "read", at: NOW - MINUTE, tone, reason, name: named, undone: false, canUndo: false,
    synced: true, certain: true, status: "", problem: "", isTest: false, passed: false, ...more,
  };
}

function scan(more) {
  return {
    id: crypto.randomUUID(), kind: "read", tone: "go", reason: "admit", person: PERSON, isAssistant: false, since: null,
    gate: null, certain: true, rosterAt: NOW - 5 * MINUTE, isSame: false, isTest: false, expected: [], passed: false,
    list: 1, at: NOW, undone: false, synced: true, status: "", problem: "", isRemote: false, ...more,
  };
}

export class Door extends EventTarget {
  static async open() {
    const door = new Door();
    window.test = { calls: [], answer: {}, ...window.test, door };
    door.state = { ...STATE, ...window.test.state };
    return door;
  }

  set(change) {
    this.state = { ...this.state, ...change };
    this.dispatchEvent(new Event("change"));
  }

  #called(call, given, more) {
    window.test.calls.push([call, ...given]);
    if (window.test.refusal) throw Object.assign(new Error(), { code: window.test.refusal });
    this.last = scan({ ...more, ...window.test.answer });
    return this.last;
  }

  async pair(...given) {
    this.#called("pair", given);
    this.set({ paired: true, isRevoked: false, language: given[2] });
  }

  async setList(number) {
    this.set({ list: number });
  }

  async setGate(id) {
    this.set({ gate: id });
  }

  async setLanguage(language) {
    this.set({ language });
  }

  async setCamera() {}
  async sync() {}
  async checkStorage() {}

  async read(text) {
    return this.#called("read", [text]);
  }

  async byName(person) {
    return this.#called("byName", [person.name], { kind: "name" });
  }

  async letIn(id) {
    window.test.answer = {};
    return this.#called("letIn", [id], { kind: "let_in", reason: "let_in" });
  }

  async undo(id) {
    return this.#called("undo", [id], { undone: true });
  }

  async walkIn(told) {
    return this.#called("walkIn", [told], { kind: "walk_in", certain: false });
  }

  async toOnSite() {
    throw Object.assign(new Error(), { code: "full" });
  }

  async card(registration) {
    this.#called("card", [registration]);
    return {
      lang: "sv", event: "Evenemang", dates: "14–15.11.2024", name: PERSON.name, organisation: PERSON.organisation,
      role: "Deltagare", days: ["14.11"], photo_mark: "inga bilder", box: "K–M", assistant_of: null,
      funding: "Medfinansieras av Europeiska unionen", matrix: window.test.matrix,
    };
  }

  people(query) {
    const states = { "Oskari Esimerkki": "confirmed", "Elli Esimerkki": "waiting", "Uuno Uusi": "ended" };
    return Object.entries(states)
      .map(([named, state]) => ({ ...PERSON, id: named, name: named, state, isRemote: false, isAssistant: false }))
      .filter((person) => person.name.toLowerCase().includes(query.toLowerCase()));
  }

  /** The server's answer to the last scan. */
  answers(change, isLate = false) {
    Object.assign(this.last, change);
    this.dispatchEvent(new CustomEvent("answer", { detail: { scan: this.last, isLate } }));
  }

  revoke() {
    this.set({ paired: false, isRevoked: true });
    this.dispatchEvent(new Event("wiped"));
  }
}
