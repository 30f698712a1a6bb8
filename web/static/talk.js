/** The talk: questions and their replies, kept in this browser until it is cleared. */

const KEY = "verbatim.talk.1";
const TURNS_SENT = 10;
const EXCHANGES_KEPT = 50;

/** An exchange is `{ question, documentIds, interpret, reply, verdict }`; its reply is
 *  what the service sent, or null while there is none. */
export class Talk {
  #exchanges = load();

  get exchanges() {
    return [...this.#exchanges];
  }

  add(question, documentIds) {
    const exchange = { question, documentIds, interpret: true, reply: null, verdict: null };
    this.#exchanges.push(exchange);
    this.save();
    return exchange;
  }

  /** Returns the request for an exchange's answer, with what was said before it. */
  request(exchange) {
    const place = this.#exchanges.indexOf(exchange);
    const answered = this.#exchanges.filter((each, i) => i < place && each.reply);
    return {
      question: exchange.question,
      history: answered.filter((_, i) => i >= answered.length - TURNS_SENT).map(turn),
      document_ids: exchange.documentIds,
      interpret: exchange.interpret,
    };
  }

  /** Forgets all; returns what was forgotten. */
  clear() {
    const forgotten = this.#exchanges;
    this.#exchanges = [];
    this.save();
    return forgotten;
  }

  restore(exchanges) {
    this.#exchanges = [...exchanges, ...this.#exchanges];
    this.save();
  }

  save() {
    const kept = this.#exchanges.filter(
      (_, i) => i >= this.#exchanges.length - EXCHANGES_KEPT);
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // No room, or it is off: the talk lasts as long as the page.
    }
  }
}

function turn({ question, reply }) {
  return {
    question,
    answer: reply.answer,
    citations: reply.citations.map(({ document, start, end }) => (
      { document_id: document.id, start, end })),
  };
}

function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}
