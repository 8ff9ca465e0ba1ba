// The service worker keeps the page for when there is no network. A new version waits until somebody takes it: nothing
// changes under the hands of those who scan. What has been read lies in IndexedDB, which no version throws away.

const LOOK_EVERY_MS = 15 * 60_000;

let isWanted = false;

/** Registers the worker; `onWaiting(take)` is called when a new version waits, and take() changes over to it. */
export async function keepPage(address, onWaiting) {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => isWanted && location.reload());
  const registration = await navigator.serviceWorker.register(address, { updateViaCache: "none" });
  const look = () => registration.waiting && navigator.serviceWorker.controller && onWaiting(() => take(registration));
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
  look();
  setInterval(() => registration.update().catch(() => {}), LOOK_EVERY_MS);
}

function take(registration) {
  isWanted = true;
  if (registration.waiting) registration.waiting.postMessage({ type: "update" });
  else location.reload();
}
