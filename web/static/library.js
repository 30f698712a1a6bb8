/** The articles: to find one, to read one, and to ask all of them or one. */

import { button, element, failure, fill } from "./dom.js";
import { listDocuments } from "./api.js";
import { dates } from "./links.js";
import { keep, recall } from "./talk.js";

const KEY = "verbatim.chosen.1";
const SHOWN_AT_MOST = 200;

export class Library {
  #list;
  #count;
  #filter;
  #scope;
  #hands;
  /** All that are indexed. */
  articles = [];
  /** The article that is asked, by its id; null for all of them. */
  chosen = recall(KEY);

  /** `hands`: `read` an article, and take a `change`. */
  constructor(root, scope, hands) {
    this.#list = root.querySelector("[data-articles]");
    this.#count = root.querySelector("[data-count]");
    this.#filter = root.querySelector("#filter");
    this.#scope = scope;
    this.#hands = hands;
    this.#filter.addEventListener("input", () => this.#show());
  }

  /** Fetches the list. */
  async load() {
    try {
      this.articles = await listDocuments();
    } catch (error) {
      fill(this.#list, failure(error.message, button("Try again", this.#hands.reload)));
      return;
    }
    for (const { id, published } of this.articles) dates.set(id, inWords(published));
    for (const each of document.querySelectorAll("[data-dated]")) {
      each.textContent = dates.get(each.dataset.dated);
    }
    if (!dates.has(this.chosen)) this.chosen = null;
    if (this.articles.length === 0) {
      fill(this.#list, failure(
        "No article has been indexed yet, so there is nothing to ask about."));
    } else {
      this.#show();
    }
    this.#showScope();
  }

  #show() {
    const wanted = fold(this.#filter.value.trim());
    const found = this.articles.filter(({ title }) => fold(title).includes(wanted));
    const shown = found.filter((_, i) => i < SHOWN_AT_MOST);
    this.#count.textContent = found.length > SHOWN_AT_MOST
      ? `The first ${SHOWN_AT_MOST} of ${found.length} articles`
      : `${found.length} of ${this.articles.length} articles`;
    const all = wanted === "" && this.articles.length > 1
      && element("li", {}, this.#choice(null, `All ${this.articles.length} articles`));
    fill(this.#list, element("ul", { class: "articles" },
      all, shown.map((article) => this.#row(article))));
  }

  #row(article) {
    const date = dates.get(article.id);
    const read = button("Read", () => this.#hands.read(article, read), {
      class: "link", "aria-label": `Read “${article.title}”`,
    });
    return element("li", {},
      this.#choice(article.id, article.title, date), read);
  }

  #choice(id, title, date = null) {
    const radio = element("input", {
      type: "radio", name: "scope", change: () => this.#choose(id),
    });
    radio.checked = id === this.chosen;
    return element("label", {}, radio, element("span", {},
      element("bdi", {}, title), date && element("small", {}, date)));
  }

  #choose(id) {
    this.chosen = id;
    keep(KEY, id);
    this.#showScope();
    this.#hands.change();
  }

  /** Says beside the question box which articles are asked. */
  #showScope() {
    const one = this.articles.find(({ id }) => id === this.chosen);
    this.#scope.hidden = this.articles.length < 2;
    document.body.classList.toggle("single", this.articles.length === 1);
    this.#scope.querySelector("[data-asked]").textContent =
      one ? one.title : `all ${this.articles.length} articles`;
  }
}

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function inWords(date) {
  const day = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(day.valueOf())
    ? date
    : day.toLocaleDateString("en", { dateStyle: "long", timeZone: "UTC" });
}
