// Tones and vibration: one pattern each, told apart without looking. Browsers let a page sound after the first tap only.

// [pitch in Hz, from, for seconds, shape]
const TONES = {
  go: [[660, 0, 0.09, "sine"], [990, 0.09, 0.16, "sine"]],
  in: [[520, 0, 0.12, "triangle"], [520, 0.2, 0.12, "triangle"]],
  look: [[587, 0, 0.12, "triangle"], [440, 0.15, 0.12, "triangle"], [587, 0.3, 0.18, "triangle"]],
  stop: [[165, 0, 0.5, "sawtooth"]],
  changed: [[880, 0, 0.1, "square"], [440, 0.13, 0.1, "square"], [880, 0.26, 0.1, "square"], [440, 0.39, 0.2, "square"]],
};
const BUZZES = {
  go: [70],
  in: [70, 80, 70],
  look: [160, 80, 60, 80, 160],
  stop: [500],
  changed: [80, 40, 80, 40, 80, 40, 300],
};
const VOLUME = 0.35;

let context = null;
let isOn = true;

/** Turns the sound on or off; vibration stays, which disturbs nobody. */
export function setSound(on) {
  isOn = on;
}

/** Called by the first tap or key: from then on there is sound. */
export function wake() {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!Context) return;
  context ??= new Context();
  if (context.state === "suspended") context.resume().catch(() => {});
}

/** Sounds and vibrates for a tone, or for an answer that has changed. */
export function signal(tone) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(BUZZES[tone] ?? []);
  if (isOn && context?.state === "running") (TONES[tone] ?? []).forEach(play);
}

function play([pitch, from, length, shape]) {
  const at = context.currentTime + from;
  const [source, gain] = [context.createOscillator(), context.createGain()];
  source.type = shape;
  source.frequency.value = pitch;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(VOLUME, at + 0.01);
  gain.gain.setValueAtTime(VOLUME, at + length - 0.02);
  gain.gain.linearRampToValueAtTime(0, at + length); // without the slopes it clicks
  source.connect(gain).connect(context.destination);
  source.start(at);
  source.stop(at + length);
}
