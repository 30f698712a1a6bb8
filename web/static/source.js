/** The source pane: an article's text, with the quote that was asked for marked. */

import { getDocument, getExcerpt } from "./api.js";
import { element, originalLink, paragraphs } from "./dom.js";

const narrow = matchMedia("(max-width: 59.99rem)");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class SourcePane {
  #pane;
  #talk;
  #title;
  #about;
  #text;
  #opener = null;
  #turn = 0;

  constructor(pane, talk) {
    this.#pane = pane;
    this.#talk = talk;
    this.#title = pane.querySelector("[data-title]");
    this.#about = pane.querySelector("[data-about]");
    this.#text = pane.querySelector("[data-text]");
    pane.querySelector("[data-close]").addEventListener("click", () => this.close());
    narrow.addEventListener("change", () => this.#shield());
  }

  get isOpen() {
    return !this.#pane.hidden;
  }

  /** Shows the article round a citation, scrolled to the quote. */
  async openCitation(citation, opener) {
    const { id, title } = citation.document;
    const excerpt = await this.#load(title, opener, () =>
      getExcerpt(id, citation.start, citation.end));
    if (excerpt === null) return;
    if (excerpt.quote !== citation.quote) {
      this.#text.replaceChildren(element("p", { class: "error" },
        "This article has changed since the answer was given. Ask again."));
      return;
    }
    const mark = element("mark", { tabindex: "-1" }, excerpt.quote);
    this.#show(excerpt.document, [
      ...paragraphs(excerpt.before), mark, ...paragraphs(excerpt.after),
    ]);
    mark.focus({ preventScroll: true });
    const behavior = stillness.matches ? "auto" : "smooth";
    mark.scrollIntoView({ block: "center", behavior });
  }

  /** Shows a whole article from its beginning. */
  async openDocument({ id, title }, opener) {
    const reply = await this.#load(title, opener, () => getDocument(id));
    if (reply === null) return;
    this.#show(reply.document, paragraphs(reply.text));
    this.#text.scrollTop = 0;
    this.#text.focus();
  }

  close() {
    this.#turn += 1;
    this.#pane.hidden = true;
    document.body.classList.remove("reading");
    this.#shield();
    this.#opener?.setAttribute("aria-expanded", "false");
    this.#opener?.focus();
    this.#opener = null;
  }

  /** Returns what `get` gives; null if it failed or something else was opened since. */
  async #load(title, opener, get) {
    const turn = (this.#turn += 1);
    this.#opener?.setAttribute("aria-expanded", "false");
    this.#opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.#title.textContent = title;
    this.#about.replaceChildren();
    this.#text.replaceChildren();
    this.#pane.hidden = false;
    document.body.classList.add("reading");
    this.#shield();
    try {
      const reply = await get();
      return turn === this.#turn ? reply : null;
    } catch (error) {
      if (turn === this.#turn) {
        this.#text.replaceChildren(
          element("p", { class: "error", role: "alert" }, error.message));
        this.#text.focus();
      }
      return null;
    }
  }

  #show(article, nodes) {
    this.#title.textContent = article.title;
    this.#about.replaceChildren(
      ...[article.published, originalLink(article.url)].filter(Boolean));
    this.#text.replaceChildren(element("div", { class: "body", dir: "auto" }, ...nodes));
  }

  /** On a narrow screen the pane covers the talk, which then takes no focus. */
  #shield() {
    this.#talk.inert = this.isOpen && narrow.matches;
  }
}
