// When a list is open. No verdict depends on it: who stands at the door at ten to eight is let in, and the screen says
// that the list opens at eight.

/** Whether a list is open at a moment (ms); one that names no times always is. */
export function isOpen({ opens_at: opensAt, closes_at: closesAt }, at) {
  return !(opensAt && at < opensAt) && !(closesAt && at >= closesAt);
}

/** Whether a list is open by the times that it names, rather than for want of any. */
export function isOpenNow(list, at) {
  return Boolean(list.opens_at || list.closes_at) && isOpen(list, at);
}

/** The lists to go over to, while the chosen one is not open and others are. */
export function openInstead({ lists, list: chosen }, at) {
  const isIdle = lists.some((list) => list.number === chosen && !isOpen(list, at));
  return isIdle ? lists.filter((list) => isOpenNow(list, at)) : [];
}
