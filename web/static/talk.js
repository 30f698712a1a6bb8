/** The talks: each one's questions and their replies, kept in this browser. */

import { placeOf } from "./links.js";
import { keep, recall } from "./store.js";

const CURRENT = "verbatim.talk";
const TURNS_SENT = 10;
export const TALKS_KEPT = 100;

/** One talk. An exchange is `{ at, talk, question, documentIds, interpret, without, reply, feedback }`;
 *  `at`, when it was asked, names it. Its reply is what the service sent, or null while there is
 *  none. */
export class Talk {
  #store;
  #fail;

  constructor(store, record, exchanges, fail) {
    this.#store = store;
    this.#fail = fail;
    this.record = record;
    this.exchanges = exchanges;
  }

  get name() {
    return this.record.name ?? this.exchanges[0]?.question ?? "New talk";
  }

  add(wanted) {
    // Two tabs may ask in one millisecond.
    const at = Date.now() + Math.random();
    const exchange = {
      at, talk: this.record.id, interpret: true, without: [], reply: null, feedback: null, ...wanted,
    };
    this.exchanges.push(exchange);
    this.save(exchange);
    return exchange;
  }

  /** Returns the request for an exchange's answer, with what was said before it. */
  request(exchange) {
    const place = this.exchanges.indexOf(exchange);
    const answered = this.exchanges.filter((each, i) => i < place && each.reply);
    return {
      question: exchange.question,
      history: answered.splice(-TURNS_SENT).map(turn),
      document_ids: exchange.documentIds,
      interpret: exchange.interpret,
      ...(exchange.without.length > 0 && { without_terms: exchange.without }),
    };
  }

  /** Keeps an exchange, and the talk with it. */
  async save(exchange) {
    await Promise.all([
      this.#note({ changed: Date.now() }),
      this.#try(this.#store.put("exchanges", structuredClone(exchange))),
    ]);
  }

  /** Takes an exchange out; `restore` brings it back. */
  remove(exchange) {
    this.exchanges = this.exchanges.filter((each) => each !== exchange);
    this.#note();
    this.#try(this.#store.remove("exchanges", exchange.at));
  }

  restore(exchange) {
    this.exchanges = [...this.exchanges, exchange].sort((one, other) => one.at - other.at);
    this.save(exchange);
  }

  #note(changes = {}) {
    const known = { first: this.exchanges[0]?.question ?? null, ...changes };
    Object.assign(this.record, known);
    return this.#try(this.#store.change(this.record, known));
  }

  #try(writing) {
    return writing.catch(this.#fail);
  }
}

/** All the talks of this browser, and the one that this tab shows. */
export class Talks {
  #store;
  #fail;

  /** `fail` is called when something cannot be kept. */
  constructor(store, fail) {
    this.#store = store;
    this.#fail = fail;
  }

  get isKept() {
    return this.#store.isKept;
  }

  /** Returns what is known of each talk, the newest first. */
  async list() {
    const talks = await this.#store.talks();
    return talks.sort((one, other) => other.changed - one.changed);
  }

  /** Returns the talk that this tab showed last, or any did; else a new one. */
  async current() {
    const id = session(CURRENT) ?? recall(CURRENT);
    const record = (await this.#store.talks()).find((each) => each.id === id);
    return record ? this.open(record) : this.create();
  }

  async open(record) {
    const found = await this.#store.exchanges(record.id);
    this.#note(record.id);
    return new Talk(this.#store, record, found.filter(isWhole), this.#fail);
  }

  /** Returns a new talk, which is kept once something is asked in it. */
  create() {
    const id = `${Date.now()}.${Math.random()}`;
    this.#note(id);
    this.#trim().catch(this.#fail);
    return new Talk(this.#store, { id, name: null, first: null, changed: 0 }, [], this.#fail);
  }

  async rename(record, name) {
    await this.#store.change(record, { name: name || null }).catch(this.#fail);
  }

  /** Forgets a talk; returns what brings it back. */
  async remove(record) {
    const exchanges = await this.#store.exchanges(record.id);
    await this.#store.remove("talks", record.id);
    await Promise.all(exchanges.map(({ at }) => this.#store.remove("exchanges", at)));
    return async () => {
      await this.#store.put("talks", record);
      await Promise.all(exchanges.map((each) => this.#store.put("exchanges", each)));
    };
  }

  /** The oldest goes when there are too many; the list of talks says so. */
  async #trim() {
    const talks = await this.list();
    for (const old of talks.filter((_, i) => i >= TALKS_KEPT - 1)) await this.remove(old);
  }

  #note(id) {
    keep(CURRENT, id);
    session(CURRENT, id);
  }
}

function session(key, value = null) {
  try {
    if (value !== null) sessionStorage.setItem(key, value);
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function turn({ question, reply }) {
  return { question, answer: reply.answer, citations: reply.citations.map(placeOf) };
}

/** Whether what was kept is an exchange, and not what someone else left there. */
function isWhole(each) {
  return Number.isFinite(each?.at) && typeof each.question === "string"
    && Array.isArray(each.without)
    && (each.reply === null || Array.isArray(each.reply?.citations));
}
