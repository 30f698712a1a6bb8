/** The articles: to find one, to read one, and to ask all of them or some. */

import { listDocuments } from "./api.js";
import { button, element, failure, fill, refill } from "./dom.js";
import { dates, dayInWords } from "./links.js";
import { keep, recall } from "./store.js";
import { plural } from "./text.js";

const KEY = "verbatim.chosen.2";
const PAGE = 100;
/** What the service lists at once, at most. */
const MOST = 1000;
const TYPING_MS = 250;

export class Library {
  #root;
  #list;
  #count;
  #filter;
  #scope;
  #hands;
  #shown = [];
  #cursor = null;
  #turn = 0;
  #timer = 0;
  /** The articles that are asked, their titles by their ids; empty for all of them. */
  #chosen = new Map(readChosen());
  /** How many are indexed, and in which version of the index. */
  total = 0;
  version = null;

  /** `hands`: `read` an article, take a `change`, and `manage` an article, which gives buttons. */
  constructor(root, scope, hands) {
    const find = (name) => root.querySelector(`[data-${name}]`);
    this.#root = root;
    this.#list = find("articles");
    this.#count = find("count");
    this.#filter = root.querySelector("#filter");
    this.#scope = scope;
    this.#hands = hands;
    this.#filter.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#search(), TYPING_MS);
    });
    find("all").addEventListener("click", () => {
      this.#chosen.clear();
      this.#changed();
      for (const box of this.#list.querySelectorAll("input")) box.checked = false;
      this.#filter.focus();
    });
  }

  /** The ids of the articles that are asked; null for all of them. */
  get chosen() {
    return this.#chosen.size === 0 ? null : [...this.#chosen.keys()];
  }

  /** The only article, if there is but one. */
  get only() {
    return this.total === 1 && this.#shown[0] || null;
  }

  /** Fetches the list. Returns whether that worked. */
  async load() {
    // As many as are shown: whoever reads far down the list is not thrown up.
    const isDone = await this.#search(null, Math.max(PAGE, Math.min(this.#shown.length, MOST)));
    if (isDone && this.#cursor === null && this.#filter.value.trim() === "") {
      // What was chosen may be there no more.
      const known = new Set(this.#shown.map(({ id }) => id));
      const lost = [...this.#chosen.keys()].filter((id) => !known.has(id));
      for (const id of lost) this.#chosen.delete(id);
      if (lost.length > 0) this.#changed();
    }
    this.#showScope();
    return isDone;
  }

  /** Asks one article only. */
  choose({ id, title }) {
    this.#chosen = new Map([[id, title]]);
    this.#changed();
    this.#showList();
  }

  async #search(cursor = null, limit = PAGE) {
    const turn = (this.#turn += 1);
    const words = this.#filter.value.trim();
    let found;
    try {
      found = await listDocuments({ words, limit, cursor });
    } catch (error) {
      if (turn === this.#turn && error.status === 409) {
        // The articles have changed since the first of the list were shown.
        return this.#search();
      }
      if (turn === this.#turn) {
        fill(this.#list, failure(error.message, button("Try again", this.#hands.reload)));
      }
      return false;
    }
    if (turn !== this.#turn) return false;
    this.#shown = cursor === null ? found.documents : [...this.#shown, ...found.documents];
    this.#cursor = found.next_cursor;
    if (words === "") this.total = found.total;
    this.version = found.index_version;
    for (const { id, published } of found.documents) {
      if (published) dates.set(id, dayInWords(published));
    }
    for (const each of document.querySelectorAll("[data-dated]")) {
      each.textContent ||= dates.get(each.dataset.dated) ?? "";
    }
    this.#showList(words, found.total);
    return true;
  }

  #showList(words = this.#filter.value.trim(), found = this.#found) {
    this.#found = found;
    document.body.classList.toggle("single", this.total === 1);
    this.#root.classList.toggle("empty", this.total === 0);
    this.#count.textContent = words === ""
      ? plural(this.total, "article")
      : found === 0 ? "" : `${plural(found, "article")} with “${words}”`;
    if (this.total === 0 && words === "") {
      refill(this.#list, failure("No article has been indexed yet, so there is nothing to ask about."));
    } else if (found === 0) {
      refill(this.#list, failure(`No article has “${words}” in its title or text.`,
        button("Show all articles", () => {
          this.#filter.value = "";
          this.#search();
          this.#filter.focus();
        })));
    } else {
      refill(this.#list, element("ul", { class: "articles" },
        this.#shown.map((article) => this.#row(article))),
      this.#cursor !== null && button(
        `Show more of ${found.toLocaleString("en")}`, () => this.#search(this.#cursor)));
    }
  }
  #found = 0;

  #row(article) {
    const { id, title, characters, published } = article;
    const read = button("Read", () => this.#hands.read(article, read), {
      class: "link", "aria-label": `Read “${title}”`,
    });
    const known = element("small", {}, [
      published && dayInWords(published), plural(characters, "character"),
    ].filter(Boolean).join(" · "));
    const name = element("span", {}, element("bdi", {}, title), known);
    return element("li", { "data-id": id },
      this.total > 1 ? element("label", {}, this.#box(article), name)
        : element("div", { class: "label-like" }, name),
      element("div", { class: "row" }, read, this.#hands.manage(article)));
  }

  #box({ id, title }) {
    const box = element("input", {
      type: "checkbox",
      change: () => {
        if (box.checked) this.#chosen.set(id, title);
        else this.#chosen.delete(id);
        this.#changed();
      },
    });
    box.checked = this.#chosen.has(id);
    return box;
  }

  #changed() {
    keep(KEY, [...this.#chosen]);
    this.#showScope();
    this.#hands.change();
  }

  /** Says beside the question box which articles are asked. */
  #showScope() {
    const [title] = this.#chosen.values();
    const isSome = this.#chosen.size > 0;
    this.#scope.hidden = this.total < 2;
    this.#scope.querySelector("[data-asked]").textContent =
      this.#chosen.size === 1 ? title
        : isSome ? `${this.#chosen.size} articles` : `all ${this.total} articles`;
    const all = this.#root.querySelector("[data-all]");
    all.hidden = this.total < 2;
    all.ariaDisabled = !isSome;
    all.textContent = isSome ? `Ask all ${this.total} articles` : `All ${this.total} are asked`;
  }
}

function readChosen() {
  const kept = recall(KEY);
  return Array.isArray(kept) ? kept.filter((each) =>
    Array.isArray(each) && each.length === 2 && each.every((one) => typeof one === "string")) : [];
}
