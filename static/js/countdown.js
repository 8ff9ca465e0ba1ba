// Counts down to the opening of a webinar's doors. Without this file the page refreshes itself all the same.
// <p role="timer" data-seconds="899" hidden>: the server says how many seconds are left, so its clock is the one.

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** 899 → "14 minutes 59 seconds": the two largest units, without a nought, in the language of the page. */
function inWords(seconds) {
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  let left = seconds;
  const parts = UNITS.slice(first, first + 2).map(([unit, length]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    if (!count) return "";
    const style = { style: "unit", unit, unitDisplay: "long" };
    return new Intl.NumberFormat(document.documentElement.lang, style).format(count);
  });
  return parts.join(" ").trim();
}

function countDown(timer) {
  const end = performance.now() + Number(timer.dataset.seconds) * 1000;
  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left > 0) {
      timer.textContent = inWords(left);
      return;
    }
    clearInterval(ticking);
    setTimeout(() => location.reload(), Math.random() * 2000); // not everybody in the same moment
  };
  const ticking = setInterval(tick, 1000);
  tick();
  timer.hidden = false;
}

document.querySelectorAll("[data-seconds]").forEach(countDown);
