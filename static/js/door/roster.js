// What the server sends of who may enter: docs/door.md describes each byte. Nothing here keeps anything.

const STATES = ["revoked", "ended", "waiting", "offered", "confirmed"];
const STATE_BITS = 0b111;
const IS_REMOTE = 0b1000;
const IS_ASSISTANT = 0b10000;
const ID_LENGTH = 8;
const NONCE_LENGTH = 12;
export const FORMAT = 2; // a stored roster of another format is fetched anew
const SECOND = 1000;

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** What a device may know of a code: {id} finds its ticket, {key} opens what is sealed in it. */
export async function digest(code) {
  const all = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`i24-door-1:${code}`)));
  return { id: hex(all.subarray(0, ID_LENGTH)), key: all.slice(16, 32) };
}

/** Reads big-endian numbers and bytes one after the other; past the end it throws a RangeError. */
class Reader {
  constructor(buffer) {
    this.view = new DataView(buffer);
    this.at = 0;
  }

  number(length) {
    const from = this.at;
    this.at += length;
    if (length === 1) return this.view.getUint8(from);
    return length === 2 ? this.view.getUint16(from) : this.view.getUint32(from);
  }

  /** A copy: a part of the buffer would be stored with the whole of it. */
  bytes(length) {
    if (this.at + length > this.view.byteLength) throw new RangeError("The roster is cut off.");
    this.at += length;
    return new Uint8Array(this.view.buffer.slice(this.at - length, this.at));
  }
}

/** What is sealed is kept with the nonce of its answer before it: tickets of several answers lie side by side. */
function sealedFrom(reader, length, nonce) {
  const sealed = new Uint8Array(NONCE_LENGTH + length);
  sealed.set(nonce);
  sealed.set(reader.bytes(length), NONCE_LENGTH);
  return sealed;
}

function ticketFrom(reader, nonce) {
  const id = hex(reader.bytes(ID_LENGTH));
  const flags = reader.number(1);
  const state = STATES[flags & STATE_BITS];
  if (!state) throw new RangeError("The roster has a state that this version does not know.");
  const lists = [...reader.bytes(reader.number(1))];
  const length = reader.number(2);
  const sealed = length ? sealedFrom(reader, length, nonce) : null;
  return { id, state, isRemote: Boolean(flags & IS_REMOTE), isAssistant: Boolean(flags & IS_ASSISTANT), lists, sealed };
}

function arrivalFrom(reader) {
  const id = hex(reader.bytes(ID_LENGTH));
  return { id, list: reader.number(1), gate: reader.number(4), at: reader.number(4) * SECOND };
}

/**
 * {header, tickets: Map(id → {id, state, isRemote, isAssistant, lists, sealed}), arrivals: [{id, list, gate, at}]};
 * `at` in ms, 0 when the arrival was taken back. Throws a RangeError at anything that is no whole roster.
 */
export function parse(buffer) {
  const reader = new Reader(buffer);
  const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(reader.bytes(reader.number(4))));
  if (header.format !== FORMAT) throw new RangeError("The roster has a format that this version does not know.");
  const nonce = bytesOf(header.nonce);
  const tickets = new Map();
  for (let left = header.tickets; left > 0; left -= 1) {
    const ticket = ticketFrom(reader, nonce);
    tickets.set(ticket.id, ticket);
  }
  const arrivals = Array.from({ length: header.arrivals }, () => arrivalFrom(reader));
  if (reader.at !== buffer.byteLength) throw new RangeError("The roster is longer than it says.");
  return { header, tickets, arrivals };
}

/** The array that stands for a person in rosters and answers, by names; null stays null. */
export function personFrom(told) {
  if (!told) return null;
  const [registration, name, organisation, role, language, noPhoto, box] = told;
  return { registration, name, organisation, role, language, noPhoto: Boolean(noPhoto), box };
}

/** The person of a ticket, for whom the code was read; null when nothing is sealed or the seal is not this code's. */
export async function unseal(ticket, id, key) {
  if (!ticket?.sealed) return null;
  const nonce = ticket.sealed.subarray(0, NONCE_LENGTH);
  const way = { name: "AES-GCM", iv: nonce, additionalData: bytesOf(id) };
  try {
    const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
    const told = await crypto.subtle.decrypt(way, imported, ticket.sealed.subarray(NONCE_LENGTH));
    return personFrom(JSON.parse(new TextDecoder().decode(told)));
  } catch {
    return null; // the verdict stands without a name
  }
}
