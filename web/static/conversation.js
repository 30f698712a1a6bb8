/** Asking: from a question to its reply in the log, one at a time. */

import { askQuestion } from "./api.js";
import { fill, scrollTo } from "./dom.js";
import { answerLink } from "./links.js";
import { makeView } from "./log.js";

export class Conversation {
  #talk = null;
  #log;
  #hands;
  #views = new Map();
  #stop = null;

  /** `hands`: `ask`, `open` a citation, `unmark` the source, `edit` and `remove` an exchange, and
   *  take a `change`. */
  constructor(log, hands) {
    this.#log = log;
    this.#hands = {
      ...hands,
      askAgain: (exchange, changes = {}) => this.#answer(Object.assign(exchange, changes)),
      fresh: (questions, exchange) => this.fresh(questions, exchange),
    };
  }

  get isBusy() {
    return this.#stop !== null;
  }

  /** Shows a talk, scrolled to its end. */
  show(talk) {
    this.#talk = talk;
    fill(this.#log, talk.exchanges.map((each) => this.#view(each).node));
    this.#log.lastElementChild?.scrollIntoView({ block: "start" });
  }

  /** Asks a question. Returns whether it was taken: only one is, at a time. */
  ask(wanted) {
    if (this.isBusy) return false;
    const exchange = this.#talk.add(wanted);
    this.#log.append(this.#view(exchange).node);
    this.#answer(exchange);
    return true;
  }

  /** Asks other words in place of an exchange's. */
  change(exchange, question) {
    if (this.isBusy) return false;
    Object.assign(exchange, {
      question, reply: null, feedback: null, interpret: true, without: [],
    });
    const { node } = this.#view(exchange);
    this.#views.delete(exchange);
    node.replaceWith(this.#view(exchange).node);
    this.#answer(exchange);
    return true;
  }

  /** Shows the exchange that an answer's link leads to, or asks its question. */
  follow(wanted) {
    const link = answerLink(wanted);
    const exchange = this.#talk.exchanges.findLast((each) => answerLink(each) === link);
    if (exchange) {
      scrollTo(this.#view(exchange).node, "start");
    } else {
      this.stop();
      this.ask({ ...wanted, interpret: false });
    }
  }

  stop() {
    this.#stop?.abort();
    this.#stop = null;
    this.#hands.change();
  }

  /** Returns the questions that were neither asked in this talk nor offered in it before. */
  fresh(questions, until = null) {
    const known = new Set();
    for (const { question, reply } of this.#talk.exchanges) {
      known.add(plain(question));
      if (reply?.interpreted_question) known.add(plain(reply.interpreted_question));
    }
    for (const each of this.#talk.exchanges) {
      if (each === until) break;
      for (const offered of each.reply?.suggested_questions ?? []) known.add(plain(offered));
    }
    return questions.filter((each) => !known.has(plain(each)));
  }

  /** Shows the first source of the last answer, as after asking. */
  reopen() {
    const last = this.#talk.exchanges.at(-1);
    if (!last?.reply?.citations.length) return false;
    this.#open(last);
    return true;
  }

  #open(exchange) {
    const { citations } = exchange.reply;
    if (citations[0]) {
      this.#hands.open(citations, 0, this.#view(exchange).node.querySelector(".cite"), false);
    } else {
      this.#hands.unmark();
    }
  }

  #view(exchange) {
    if (!this.#views.has(exchange)) {
      // Another talk may be shown by the time that something is to be kept.
      const talk = this.#talk;
      const keep = (changed) => talk.save(changed);
      this.#views.set(exchange, makeView(exchange, { ...this.#hands, keep }));
    }
    return this.#views.get(exchange);
  }

  async #answer(exchange) {
    if (this.isBusy) return;
    const stop = new AbortController();
    const talk = this.#talk;
    const view = this.#view(exchange);
    this.#stop = stop;
    view.wait(null);
    this.#hands.change();
    scrollTo(view.node, "start");
    try {
      exchange.reply = await askQuestion(talk.request(exchange), {
        onStage: (stage) => view.wait(stage),
        signal: stop.signal,
      });
      exchange.feedback = null;
      // Kept before it is shown: what was seen is there after a reload. Deleted meanwhile, it
      // is not to come back.
      if (talk.exchanges.includes(exchange)) await talk.save(exchange);
      view.answer();
      if (talk === this.#talk) this.#open(exchange);
    } catch (error) {
      if (stop.signal.aborted) return view.stop();
      view.fail(error.message);
    }
    // Another question may have been asked since this one was answered and its talk left.
    if (this.#stop !== stop) return;
    this.stop();
    scrollTo(view.node, "start");
  }
}

const plain = (question) => question.toLowerCase().replace(/[\s?.!]+/gu, " ").trim();
