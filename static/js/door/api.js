// The way to the server: docs/door.md. Whatever does not sound like our server counts as no network at all.

const BASE = "/door/api/";
const LONG = 20_000;
const SERVER_TROUBLE = 500;

/**
 * `code`: "offline" (no answer, or none of ours), "wipe", or the server's own word ("used", "full", …); `status`;
 * `isKnown`: with "wipe", that the server knows whom it tells so.
 */
export class ApiError extends Error {
  constructor(code, status = 0, isKnown = false) {
    super(code);
    Object.assign(this, { code, status, isKnown });
  }
}

/**
 * `token()` is asked each time; `onAnswer(isOnline)` hears of every attempt, `onTime({server, sent, received})` of every
 * clock reading.
 */
export class Api {
  constructor({ fetch, now, token, onAnswer, onTime }) {
    Object.assign(this, { fetch, now, token, onAnswer, onTime });
  }

  post(path, body, timeout) {
    return this.ask(path, { method: "POST", body: JSON.stringify(body), timeout });
  }

  get(path, options = {}) {
    return this.ask(path, options);
  }

  /** The answer as JSON, or as what `read` makes of its bytes; throws an ApiError. */
  async ask(path, { method = "GET", body, timeout = LONG, read } = {}) {
    const token = this.token();
    const headers = token ? { Authorization: `Device ${token}` } : {};
    if (body) headers["Content-Type"] = "application/json";
    const options = { method, headers, body, cache: "no-store", credentials: "omit", redirect: "error" };
    const sent = this.now();
    let response, answer;
    try {
      response = await this.fetch(BASE + path, { ...options, signal: AbortSignal.timeout(timeout) });
      answer = response.ok && read ? read(await response.arrayBuffer()) : await response.json();
    } catch {
      this.onAnswer(false);
      throw new ApiError("offline", response?.status);
    }
    if (response.status >= SERVER_TROUBLE) {
      this.onAnswer(false);
      throw new ApiError("offline", response.status);
    }
    const server = answer?.now ?? answer?.header?.now;
    if (Number.isInteger(server)) this.onTime({ server, sent, received: this.now() });
    this.onAnswer(true);
    if (response.ok) return answer;
    const isOurs = token === this.token(); // what is said to the token of before does not concern the one of now
    const mustWipe = isOurs && response.status === 401 && answer?.wipe === true;
    throw new ApiError(mustWipe ? "wipe" : (answer?.error ?? "refused"), response.status, answer?.known === true);
  }
}
