/** Asking: from a question to its reply in the log, one at a time. */

import { askQuestion } from "./api.js";
import { fill, scrollTo } from "./dom.js";
import { answerLink } from "./links.js";
import { makeView } from "./log.js";

export class Conversation {
  #talk;
  #log;
  #hands;
  #views = new Map();
  #stop = null;

  /** `hands`: `ask`, `open` a citation, and take a `change`. */
  constructor(talk, log, hands) {
    this.#talk = talk;
    this.#log = log;
    this.#hands = {
      ...hands,
      retry: (exchange) => this.#answer(exchange),
      askRaw: (exchange) => this.#answer(exchange, false),
      keep: () => talk.save(),
    };
  }

  get isBusy() {
    return this.#stop !== null;
  }

  /** Shows the talk as it is kept now. */
  show() {
    fill(this.#log, this.#talk.exchanges.map((each) => this.#view(each).node));
    this.#log.lastElementChild?.scrollIntoView({ block: "start" });
  }

  /** Asks a question. Returns whether it was taken: only one is, at a time. */
  ask(question, documentIds, interpret = true) {
    if (this.isBusy) return false;
    const exchange = this.#talk.add(question, documentIds, interpret);
    this.#log.append(this.#view(exchange).node);
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
      this.ask(wanted.question, wanted.documentIds, false);
    }
  }

  stop() {
    this.#stop?.abort();
    this.#stop = null;
    this.#hands.change();
  }

  #view(exchange) {
    if (!this.#views.has(exchange)) this.#views.set(exchange, makeView(exchange, this.#hands));
    return this.#views.get(exchange);
  }

  async #answer(exchange, interpret = exchange.interpret) {
    if (this.isBusy) return;
    exchange.interpret = interpret;
    const stop = new AbortController();
    const view = this.#view(exchange);
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
      const { citations } = exchange.reply;
      if (citations[0]) this.#hands.open(citations, 0, view.node.querySelector(".cite"), false);
    } catch (error) {
      if (stop.signal.aborted) return view.stop();
      view.fail(error.message);
    }
    this.stop();
    scrollTo(view.node, "start");
  }
}
