// The camera: finds one, keeps it, looks for a code in the middle of its picture. One picture is looked at at a time.
//
// Where the browser has a detector of its own that knows QR codes it does the work, otherwise reader-worker.js.

const PAUSE_MS = 70; // between the beginnings of two looks: quick enough for a hand, and the battery lasts
const GONE_MS = 1500; // a badge that was out of sight for so long is read anew
const LARGEST = 800;
const PROBLEMS = { NotAllowedError: "refused", SecurityError: "refused", NotReadableError: "busy", AbortError: "busy" };

/** A detector of the browser's own, or null. */
async function ownDetector() {
  if (!("BarcodeDetector" in window)) return null;
  try {
    const formats = await window.BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code") ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

/** The reader in a worker: read(bitmap) → text or null. */
function workerReader({ worker: address, zxing, wasm }) {
  const worker = new Worker(address);
  let answer = () => {};
  const isReady = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data.isReady) resolve();
      else if (data.problem) reject(new Error(data.problem));
      else answer(data.text);
    };
    worker.onerror = (event) => reject(new Error(event.message));
  });
  isReady.catch(() => {});
  worker.postMessage({ zxing: new URL(zxing, location).href, wasm: new URL(wasm, location).href });
  return async (picture) => {
    await isReady;
    return new Promise((resolve) => {
      answer = resolve;
      worker.postMessage({ picture }, picture instanceof ImageData ? [picture.data.buffer] : [picture]);
    });
  };
}

export class Camera extends EventTarget {
  /** Events: "read" {text, startedAt}; "state" when `state`, `cameras` or `hasTorch` changed. */
  constructor(video, addresses) {
    super();
    this.video = video;
    this.addresses = addresses;
    this.state = "off"; // off, starting, on, refused, none, busy
    this.cameras = []; // [{id, label}]
    this.hasTorch = this.isTorchOn = false;
    this.isResting = false;
    this.seen = { text: null, at: 0 };
    this.look = null;
    this.turn = 0; // of starts: an older one stops when a newer has begun
  }

  /** Starts the camera, the one with this id if it is there; again after stop() or with another camera. */
  async start(cameraId = this.cameraId) {
    this.stop();
    this.cameraId = cameraId;
    const turn = ++this.turn;
    this.#tell("starting");
    try {
      const stream = await open(cameraId);
      if (turn !== this.turn) return stopStream(stream);
      await this.#take(stream);
      if (turn === this.turn) this.#loop(turn);
    } catch (error) {
      if (turn === this.turn) this.#tell(PROBLEMS[error.name] ?? "none");
    }
  }

  /** Gives the camera back. */
  stop() {
    this.turn += 1;
    if (this.video.srcObject) stopStream(this.video.srcObject);
    this.video.srcObject = null;
    this.hasTorch = this.isTorchOn = false;
    if (this.state === "on" || this.state === "starting") this.#tell("off");
  }

  /** Switches the torch. */
  async setTorch(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
    this.isTorchOn = on;
    this.#tell(this.state);
  }

  get track() {
    return this.video.srcObject?.getVideoTracks()[0];
  }

  #tell(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }

  async #take(stream) {
    this.video.srcObject = stream;
    await this.video.play();
    this.look ??= await reader(this.addresses);
    this.hasTorch = Boolean(this.track?.getCapabilities?.().torch);
    const devices = await navigator.mediaDevices.enumerateDevices();
    this.cameras = devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId: id, label }) => ({ id, label }));
    this.track?.addEventListener("ended", () => this.track && this.#tell("busy"));
    this.#tell("on");
  }

  async #loop(turn) {
    while (turn === this.turn) {
      await nextFrame(this.video);
      const startedAt = performance.now();
      if (!this.isResting && this.video.videoWidth) this.#found(await this.#tryToRead(), startedAt);
      await pause(PAUSE_MS - (performance.now() - startedAt));
    }
  }

  async #tryToRead() {
    try {
      return await this.look(this.video);
    } catch {
      this.look = await workerLook(this.addresses); // a detector that fails is not asked again
      return null;
    }
  }

  #found(text, startedAt) {
    if (!text) return;
    const at = performance.now(); // the first picture may have waited for the reader
    const isNew = text !== this.seen.text || at - this.seen.at > GONE_MS;
    this.seen = { text, at };
    if (isNew) this.dispatchEvent(new CustomEvent("read", { detail: { text, startedAt } }));
  }
}

async function open(cameraId) {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotFoundError");
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const wanted = cameraId ? { deviceId: { exact: cameraId } } : { facingMode: { ideal: "environment" } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...wanted, ...size }, audio: false });
  } catch (error) {
    if (!cameraId || error.name !== "OverconstrainedError") throw error;
    return open(); // the chosen camera is not here any more
  }
}

/** look(video) → text or null, by whatever reads best here. */
async function reader(addresses) {
  const detector = await ownDetector();
  if (!detector) return workerLook(addresses);
  return async (video) => {
    const picture = await middleOf(video);
    try {
      return (await detector.detect(picture)).find(({ rawValue }) => rawValue)?.rawValue ?? null;
    } finally {
      picture.close?.();
    }
  };
}

async function workerLook(addresses) {
  const read = workerReader(addresses);
  return async (video) => read(await middleOf(video));
}

/** The square in the middle, where the frame is. */
async function middleOf(video) {
  const side = Math.min(video.videoWidth, video.videoHeight);
  const [x, y] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
  if (typeof OffscreenCanvas === "function") return createImageBitmap(video, x, y, side, side);
  const size = Math.min(side, LARGEST);
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, x, y, side, side, 0, 0, size, size);
  return context.getImageData(0, 0, size, size);
}

function nextFrame(video) {
  const isComing = new Promise((resolve) => {
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(resolve);
    else requestAnimationFrame(resolve);
  });
  return Promise.race([isComing, pause(250)]); // a hidden page gets no frames, and must still notice a stop
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

function stopStream(stream) {
  for (const track of stream.getTracks()) track.stop();
}
