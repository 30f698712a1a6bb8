/** Notices that the index was built anew, so that an open page shows what can be asked. */

import { getState } from "./api.js";

const POLL_MS = 30_000;

/** Calls `changed` when another index than `known()` is answered from. */
export function watchIndex(known, changed) {
  let isAsking = false;
  const look = async () => {
    if (document.hidden || isAsking || known() === null) return;
    isAsking = true;
    try {
      const { index_version: version } = await getState();
      if (version !== known()) await changed();
    } catch {
      // Whoever asks something is told.
    }
    isAsking = false;
  };
  setInterval(look, POLL_MS);
  document.addEventListener("visibilitychange", look);
  return look;
}
