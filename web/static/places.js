/** Where the page is: Back closes what was opened, and a reload finds it open. */

import { ROOT } from "./links.js";

const isOwn = () => history.state?.isOwn === true;

/** Notes that something was opened; what is opened from there takes its place. */
export function enter(href = location.href) {
  if (isOwn()) history.replaceState({ isOwn: true }, "", href);
  else history.pushState({ isOwn: true }, "", href);
}

/** Notes that it was closed. */
export function leave() {
  if (isOwn()) history.back();
  else if (location.href !== ROOT.href) history.replaceState(null, "", ROOT);
}

const NAME = document.title;

/** Names the tab by what is shown. */
export function entitle(name = null) {
  document.title = name ? `${name} · Verbatim` : NAME;
}
