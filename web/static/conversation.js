/** Asking: from a question to its reply in the log, one at a time. */

import { askQuestion } from "./api.js";
import { scrollTo } from "./dom.js";
import { showExchange } from "./log.js";

export class Conversation {
  #talk;
  #log;
  #hands;
  #views = new Map();
  #stop = null;

  /** `hands`: `ask`, `open` a citation, the articles' `dates`, and take a `change`. */
  constructor(talk, log, hands) {
    this.#talk = talk;
    this.#log = log;
    this.#hands = {
      ...hands,
      retry: (exchange) => this.#answer(exchange),
      askRaw: (exchange) => this.#askRaw(exchange),
      keep: () => talk.save(),
    };
  }

  get isBusy() {
    return this.#stop !== null;
  }

  /** Shows the talk that was kept. */
  show() {
    this.#log.replaceChildren();
    this.#views.clear();
    for (const exchange of this.#talk.exchanges) {
      const view = this.#view(exchange);
      if (exchange.reply) view.answer();
      else view.stop();
    }
    this.#log.lastElementChild?.scrollIntoView({ block: "start" });
  }

  /** Asks a question. Returns whether it was taken: only one is, at a time. */
  ask(question, documentIds) {
    if (this.isBusy) return false;
    const exchange = this.#talk.add(question, documentIds);
    this.#view(exchange);
    this.#answer(exchange);
    return true;
  }

  /** Shows the exchange in which a question was asked. Returns whether there is one. */
  reveal(question) {
    const exchange = this.#talk.exchanges.findLast((each) => each.question === question);
    if (exchange) scrollTo(this.#views.get(exchange).node, "start");
    return exchange !== undefined;
  }

  stop() {
    this.#stop?.abort();
  }

  #view(exchange) {
    const view = showExchange(this.#log, exchange, this.#hands);
    this.#views.set(exchange, view);
    return view;
  }

  #askRaw(exchange) {
    if (this.isBusy) return;
    exchange.interpret = false;
    this.#answer(exchange);
  }

  async #answer(exchange) {
    if (this.isBusy) return;
    const stop = new AbortController();
    const view = this.#views.get(exchange);
    this.#stop = stop;
    view.wait(null);
    this.#hands.change();
    scrollTo(view.node, "start");
    try {
      exchange.reply = await askQuestion(this.#talk.request(exchange), {
        onStage: (stage) => view.wait(stage),
        signal: stop.signal,
      });
      exchange.verdict = null;
      this.#talk.save();
      view.answer();
    } catch (error) {
      if (stop.signal.aborted) view.stop();
      else view.fail(error.message);
    } finally {
      this.#stop = null;
      this.#hands.change();
    }
    scrollTo(view.node, "start");
  }
}
