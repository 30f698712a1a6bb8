/** The source: an article's text, with the quote that was asked for marked in place. */

import { copy } from "./actions.js";
import { getDocument } from "./api.js";
import { button, element, failure, fill, outerLink, paragraphs, scrollTo } from "./dom.js";
import { originalLink, quoteLink } from "./links.js";
import { originNodes } from "./reply.js";

export class Source {
  #pane;
  #title;
  #about;
  #text;
  #steps;
  #citations = [];
  #place = 0;
  #links = [];
  #turn = 0;

  constructor(root, pane) {
    const find = (name) => root.querySelector(`[data-${name}]`);
    this.#pane = pane;
    this.#title = find("title");
    this.#about = find("about");
    this.#text = find("text");
    this.#steps = find("steps");
    find("previous").addEventListener("click", () => this.step(-1));
    find("next").addEventListener("click", () => this.step(1));
  }

  /** Shows the article round one of an answer's citations, scrolled to the quote.
   *  Unless `asked`, the focus and the talk stay. */
  async openCitation(citations, place, opener, asked = true) {
    if (!asked && this.#pane.isNarrow) return;
    this.#citations = citations;
    this.#place = place;
    this.#markLink(opener);
    const citation = citations[place];
    const { id, title } = citation.document;
    const excerpt = await this.#load(title, opener,
      () => getDocument(id, `?start=${citation.start}&end=${citation.end}`),
      () => this.openCitation(citations, place, opener));
    if (excerpt === null) return;
    // A permalink says where, not what.
    if (citation.quote !== undefined && excerpt.quote !== citation.quote) {
      fill(this.#text, failure(
        "This article has changed since the answer was given. Ask again."));
      return;
    }
    const mark = element("mark", { tabindex: "-1" }, paragraphs(excerpt.quote));
    this.#show(excerpt.document, [
      ...paragraphs(excerpt.before), mark, ...paragraphs(excerpt.after),
    ], { ...citation, ...excerpt });
    if (asked) mark.focus({ preventScroll: true });
    scrollTo(mark, "center");
  }

  /** Shows a whole article from its beginning; it takes the focus if it was asked for. */
  async openDocument({ id, title }, opener = null) {
    this.#citations = [];
    this.#markLink(null);
    const reply = await this.#load(title ?? id, opener,
      () => getDocument(id), () => this.openDocument({ id, title }, opener ?? this.#text));
    if (reply === null) return;
    this.#show(reply.document, paragraphs(reply.text), null);
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

  #show(article, nodes, citation) {
    this.#title.textContent = article.title;
    fill(this.#about,
      originNodes(citation ?? { document: article }),
      outerLink(originalLink(article.url, citation), "Open the original"),
      citation && button("Copy link to this quote",
        () => copy(quoteLink(citation), "Link copied."), { class: "link" }));
    fill(this.#text, element("div", { class: "body", dir: "auto" }, nodes));
  }
}
