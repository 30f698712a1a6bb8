/** The source: an article's text, with the quotes of a reply marked in place. */

import { copy } from "./actions.js";
import { getDocument, getMarked } from "./api.js";
import { button, element, failure, fill, lines, scrollTo } from "./dom.js";
import { documentLink, quoteLink, selectorOf } from "./links.js";
import { enter, entitle } from "./places.js";
import { originalLink, originNodes } from "./reply.js";

export class Source {
  #pane;
  #hands;
  #title;
  #about;
  #text;
  #steps;
  #citations = [];
  #place = 0;
  #links = [];
  #turn = 0;

  /** `hands`: `askOnly` an article, and tell whether there are `several`. */
  constructor(root, pane, hands) {
    const find = (name) => root.querySelector(`[data-${name}]`);
    this.#pane = pane;
    this.#hands = hands;
    this.#title = find("title");
    this.#about = find("about");
    this.#text = find("text");
    this.#steps = find("steps");
    find("previous").addEventListener("click", () => this.step(-1));
    find("next").addEventListener("click", () => this.step(1));
  }

  /** Shows the article round one of an answer's citations, scrolled to the quote.
   *  Unless `asked`, the focus, the talk and the address stay. */
  async openCitation(citations, place, opener, { asked = true, entered = false } = {}) {
    if (!asked && (this.#pane.isNarrow || this.#pane.isTypedIn)) return;
    this.#citations = citations;
    this.#place = place;
    this.#markLink(opener);
    const citation = citations[place];
    const { id, title, sha256 } = citation.document;
    if (asked && !entered) enter(quoteLink(citation));
    const others = citations.filter((each) => each !== citation
      && each.document.id === id && each.document.sha256 === sha256);
    const reply = await this.#load(title, opener,
      () => getMarked(id, selectorOf(citation), others),
      () => this.openCitation(citations, place, opener, { entered: true }));
    if (reply === null) return;
    const found = reply.quote === null ? null : { ...citation, ...reply };
    this.#show(reply.document, [this.#notice(reply, citation), pieces(reply.pieces)], found);
    if (asked) entitle(reply.document.title);
    const mark = this.#text.querySelector("mark");
    if (asked) (mark ?? this.#text).focus({ preventScroll: true });
    if (mark) scrollTo(mark, "center");
    else this.#text.scrollTop = 0;
  }

  /** Shows a whole article from its beginning; it takes the focus if it was asked for. */
  async openDocument({ id, title }, opener = null, { entered = false } = {}) {
    this.#citations = [];
    this.#markLink(null);
    if (opener !== null && !entered) enter(documentLink(id));
    const reply = await this.#load(title ?? id, opener, () => getDocument(id),
      () => this.openDocument({ id, title }, opener ?? this.#text, { entered: true }));
    if (reply === null) return;
    this.#show(reply.document, pieces(reply.pieces), null);
    if (opener !== null || entered) entitle(reply.document.title);
    this.#text.scrollTop = 0;
    if (opener !== null) this.#text.focus();
  }

  /** Goes to the next citation of the answer, or to the one before. */
  step(by) {
    const place = this.#place + by;
    if (!(place in this.#citations)) return;
    const link = this.#links.find((each) => each.textContent === String(place + 1));
    this.openCitation(this.#citations, place, link);
  }

  /** Takes the marks away: what was said last rests on nothing here. */
  unmark() {
    this.#citations = [];
    this.#markLink(null);
    this.#showSteps();
    for (const mark of this.#text.querySelectorAll("mark, .also")) {
      mark.replaceWith(...mark.childNodes);
    }
    this.#text.querySelector(".changed")?.remove();
    this.#about.querySelector("[data-quote]")?.remove();
  }

  /** Remembers the links of the answer shown, and which one it is. */
  #markLink(link) {
    for (const each of this.#links) each.removeAttribute("aria-current");
    this.#links = link ? [...link.closest(".reply").querySelectorAll(".cite")] : [];
    link?.setAttribute("aria-current", "true");
  }

  /** Returns what `get` gives; null if it failed or something else was opened since. */
  async #load(title, opener, get, retry) {
    const turn = (this.#turn += 1);
    this.#title.textContent = title;
    fill(this.#about);
    fill(this.#text);
    this.#showSteps();
    this.#pane.show("reader", opener);
    try {
      const reply = await get();
      return turn === this.#turn ? reply : null;
    } catch (error) {
      if (turn === this.#turn) {
        fill(this.#text, failure(error.message, button("Try again", retry)));
        this.#text.focus();
      }
      return null;
    }
  }

  #showSteps() {
    const count = this.#citations.length;
    this.#steps.hidden = count < 2;
    this.#steps.querySelector("[data-step]").textContent =
      `Quote ${this.#place + 1} of ${count}`;
    const [previous, next] = this.#steps.querySelectorAll("button");
    // Not `disabled`, which would lose the focus at the last one.
    previous.ariaDisabled = this.#place === 0;
    next.ariaDisabled = this.#place === count - 1;
  }

  /** Says what became of the words that a link or an answer was made of, unless all is as it was. */
  #notice({ state, quote, document: { sha256 } }, citation) {
    const isSame = sha256.startsWith(citation.document.sha256 ?? "-");
    if (citation.quote === undefined) {
      return changed(quote === null
        ? "This article has changed since the link was made, and the link does not say which "
          + "words it meant."
        : "This link names a place but not its words, so it cannot be checked that these are the "
          + "words that were meant.");
    }
    if (state === "moved" && !isSame) {
      return changed("This article has changed since. The words are still in it, and marked.");
    }
    return state === "gone" && changed(
      "This article has changed; the words are no longer in it:",
      element("blockquote", { dir: "auto" }, citation.quote));
  }

  #show(article, nodes, citation) {
    this.#title.textContent = article.title;
    fill(this.#about,
      originNodes(citation ?? { document: article }),
      originalLink(article, citation),
      citation && button("Copy link to this quote",
        () => copy(quoteLink(citation), "Link copied."), { class: "link", "data-quote": "" }),
      this.#hands.several()
        && button("Ask this article", () => this.#hands.askOnly(article), { class: "link" }));
    const [notice, body] = nodes.length === 2 && Array.isArray(nodes[1]) ? nodes : [null, nodes];
    fill(this.#text, notice, element("div", { class: "body", dir: "auto" }, body));
  }
}

const changed = (text, ...more) =>
  element("div", { class: "error changed", role: "status" }, element("p", {}, text), more);

/** Returns the pieces of a text as nodes: the service cuts it, as its offsets count code points. */
function pieces(all) {
  return all.flatMap(({ text, mark, page }, i) => {
    const nodes = lines(text, all[i + 1]?.paragraph);
    return [
      page && element("span", { class: "page", "data-page": `Page ${page}` }),
      ...mark === "quote" ? [element("mark", { tabindex: "-1" }, nodes)]
        : mark === "other" ? [element("span", { class: "also" }, nodes)]
          : nodes,
    ];
  });
}
