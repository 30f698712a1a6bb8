/** The talk: questions and their replies, kept in this browser until it is cleared. */

import { placeOf } from "./links.js";

const KEY = "verbatim.talk.1";
const TURNS_SENT = 10;
const EXCHANGES_KEPT = 50;

/** An exchange is `{ at, question, documentIds, interpret, reply, verdict }`; `at`, when it
 *  was asked, names it. Its reply is what the service sent, or null while there is none. */
export class Talk {
  #exchanges = load();
  #known = new Set(this.#exchanges.map(({ at }) => at));

  get exchanges() {
    return [...this.#exchanges];
  }

  add(question, documentIds, interpret) {
    const at = Date.now();
    const exchange = { at, question, documentIds, interpret, reply: null, verdict: null };
    this.#exchanges.push(exchange);
    this.#known.add(at);
    this.save();
    return exchange;
  }

  /** Returns the request for an exchange's answer, with what was said before it. */
  request(exchange) {
    const place = this.#exchanges.indexOf(exchange);
    const answered = this.#exchanges.filter((each, i) => i < place && each.reply);
    return {
      question: exchange.question,
      history: answered.splice(-TURNS_SENT).map(turn),
      document_ids: exchange.documentIds,
      interpret: exchange.interpret,
    };
  }

  /** Forgets all; returns what was forgotten. */
  clear() {
    const forgotten = this.#exchanges;
    this.#exchanges = [];
    keep(KEY, []);
    return forgotten;
  }

  restore(exchanges) {
    this.#exchanges = [...exchanges, ...this.#exchanges];
    this.save();
  }

  /** Keeps the talk, with what was asked in other tabs since this one was opened. */
  save() {
    const others = load().filter(({ at }) => !this.#known.has(at));
    const all = [...others, ...this.#exchanges].sort((one, other) => one.at - other.at);
    keep(KEY, all.splice(-EXCHANGES_KEPT));
  }
}

export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // No room, or it is off: what was to be kept lasts as long as the page.
  }
}

/** Returns what was kept, or null. */
export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function turn({ question, reply }) {
  return {
    question,
    answer: reply.answer,
    citations: reply.citations.map(placeOf),
  };
}

function load() {
  const kept = recall(KEY);
  return Array.isArray(kept) ? kept.filter(isWhole) : [];
}

/** Whether what was kept is an exchange, and not what someone else left there. */
function isWhole(each) {
  return Number.isFinite(each?.at) && typeof each.question === "string"
    && (each.reply === null || Array.isArray(each.reply?.citations));
}
