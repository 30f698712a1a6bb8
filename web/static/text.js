/** Words about numbers, and quotation marks that come in pairs. */

const PAIRS = [["“", "”"], ["«", "»"]];

/** Returns what a text lacks before and after it for all its quotation marks to have their
 *  partners: in brackets, as editors add what was not said. */
export function missing(text) {
  let [before, after] = ["", ""];
  // A straight mark may open or close; a German one is opened low and closed by an English opener.
  if (text.includes("„")) return [before, after];
  if (text.split('"').length % 2 === 0) after = '["]';
  for (const [opener, closer] of PAIRS) {
    let open = 0;
    for (const mark of text) {
      if (mark === opener) open += 1;
      else if (mark === closer && open > 0) open -= 1;
      else if (mark === closer) before = `[${opener}]`;
    }
    if (open > 0) after = `[${closer}]`;
  }
  return [before, after];
}

/** Returns a quote without half a pair of quotation marks: one at its edge goes, one inside gets
 *  its partner. */
export function paired(text) {
  const all = text.trim();
  const [before, after] = missing(all);
  const inner = all
    .replace(after ? /^["“«]/u : "", "")
    .replace(before || after === '["]' ? /["”»]$/u : "", "");
  const [start, end] = missing(inner);
  return inner === all || start + end === "" ? `${start}${inner}${end}` : `${before}${all}${after}`;
}

/** Chances that people think in, and the share from which each is the nearest. */
const ODDS = [
  [0.975, "more than 19 in 20"], [0.925, "about 19 in 20"], [0.85, "about 9 in 10"],
  [0.775, "about 4 in 5"], [0.708, "about 3 in 4"], [0.583, "about 2 in 3"],
  [0.417, "about 1 in 2"], [0.292, "about 1 in 3"], [0.225, "about 1 in 4"],
  [0.15, "about 1 in 5"], [0.05, "about 1 in 10"], [0, "less than 1 in 20"],
];
const WORDS = [
  [0.85, "Very likely", "Very likely, though not surely:"],
  [0.7, "Likely", "Likely, though not surely:"],
  [0.5, "Perhaps", "Not sure, but perhaps:"],
  [0, "Doubtful", "Doubtful, but perhaps:"],
];

const row = (table, share) => table.find(([least]) => share >= least);

/** Returns a probability as people say it: "about 2 in 3". */
export const odds = (share) => row(ODDS, share)[1];

/** Returns what a probability lets one say of an answer: that it is `what` it should be, and how
 *  likely. */
export function judge(share, what = "right") {
  const [least, word] = row(WORDS, share);
  return `${least > 0 ? `${word} ${what}` : word}: ${odds(share)}`;
}

/** Returns how an answer that is not sure is introduced; its chance stands below it. */
export const introduce = (share) => row(WORDS, share ?? 0.5)[2];

export const plural = (n, one, many = `${one}s`) =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
