/** Where the page is: Back closes what was opened, and a reload finds it open. */

import { ROOT } from "./links.js";

const isOwn = () => history.state?.isOwn === true;

// Back takes its time: what is opened at once after something was closed waits for it.
let isLeaving = false;
let waiting = null;
let take = () => {};

addEventListener("popstate", () => {
  const next = waiting;
  isLeaving = false;
  waiting = null;
  (next ?? take)();
});

/** Has `work` called when the reader goes back or forward. */
export function onBack(work) {
  take = work;
}

/** Notes that something was opened; what is opened from there takes its place. */
export function enter(at = null) {
  if (isLeaving) {
    waiting = () => enter(at);
    return;
  }
  const href = at ?? location.href;
  if (isOwn()) history.replaceState({ isOwn: true }, "", href);
  else history.pushState({ isOwn: true }, "", href);
}

/** Notes that it was closed. */
export function leave() {
  if (isLeaving) {
    waiting = null;
  } else if (isOwn()) {
    isLeaving = true;
    history.back();
  } else if (location.href !== ROOT.href) {
    history.replaceState(null, "", ROOT);
  }
}

const NAME = document.title;

/** Names the tab by what is shown. */
export function entitle(name = null) {
  document.title = name ? `${name} · Verbatim` : NAME;
}
