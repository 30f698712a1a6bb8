/** The list of talks: to go on with one, rename or delete it, and to take it away. */

import { button, element, fill, say } from "./dom.js";
import { saveFile, toJson, toMarkdown } from "./markdown.js";
import { TALKS_KEPT } from "./talk.js";

export class Shelf {
  #talks;
  #root;
  #hands;
  #talk = null;
  #channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("verbatim") : null;

  /** `hands`: `show` a talk that was chosen, and tell whether an answer is awaited. */
  constructor(root, talks, hands) {
    this.#root = root;
    this.#talks = talks;
    this.#hands = hands;
    const on = (name, work) =>
      root.querySelector(`[data-${name}]`).addEventListener("click", work);
    on("markdown", () => this.#save("md", "text/markdown", toMarkdown(this.#talk.exchanges)));
    on("json", () => this.#save("json", "application/json",
      toJson(this.#talk.name, this.#talk.exchanges)));
    on("print", () => print());
    this.#channel?.addEventListener("message", () => this.refresh());
    root.querySelector("[data-limit]").textContent = talks.isKept
      ? `Talks are kept in this browser only, the newest ${TALKS_KEPT} of them.`
      : "This browser keeps nothing here: talks last as long as this page. Export what you need.";
  }

  /** Notes which talk is shown, and lists them all. */
  async show(talk) {
    this.#talk = talk;
    await this.refresh();
  }

  /** Lists the talks anew; the other tabs do as well if this one `changed` something. */
  async refresh(changed = false) {
    const records = await this.#talks.list();
    // Its name may have been given in another tab.
    const own = records.find(({ id }) => id === this.#talk?.record.id);
    if (own) this.#talk.record.name = own.name;
    const isEmpty = (this.#talk?.exchanges.length ?? 0) === 0;
    for (const each of this.#root.querySelectorAll("[data-takeaway] button")) {
      each.disabled = isEmpty;
    }
    const list = this.#root.querySelector("[data-list]");
    // An answer that arrives takes no name from under who is typing it.
    if (!list.querySelector("form")) {
      fill(list, records.length === 0
        ? element("p", { class: "label" }, "No question has been asked yet.")
        : element("ul", { class: "articles" }, records.map((record) => this.#row(record))));
    }
    if (changed) this.#channel?.postMessage("changed");
  }

  #row(record) {
    const name = record.name ?? record.first ?? "New talk";
    const isShown = record.id === this.#talk?.record.id;
    const day = new Date(record.changed).toLocaleDateString("en", { dateStyle: "medium" });
    const rename = button("Rename", () => this.#rename(record, name, rename), {
      class: "link", "aria-label": `Rename “${name}”`,
    });
    return element("li", {},
      button([element("bdi", {}, name), element("small", {}, isShown ? `${day} · open` : day)],
        async () => this.#hands.show(await this.#talks.open(record)),
        { class: "talk-name", "aria-current": isShown ? "true" : null }),
      element("div", { class: "row" }, rename,
        button("Delete", () => this.#remove(record, name), {
          class: "link", "aria-label": `Delete “${name}”`,
        })));
  }

  #rename(record, name, opener) {
    const input = element("input", { "aria-label": "New name", maxlength: "200" });
    input.value = name;
    const form = element("form", {
      class: "row rename",
      submit: async (event) => {
        event.preventDefault();
        form.remove();
        await this.#talks.rename(record, input.value.trim());
        await this.refresh(true);
      },
    }, input, element("button", { class: "quiet" }, "Save"),
    button("Cancel", () => {
      form.remove();
      this.refresh();
    }));
    fill(opener.closest("li"), form);
    input.select();
  }

  async #remove(record, name) {
    const wasShown = record.id === this.#talk.record.id;
    // First of all: an answer to it that arrives is not to bring it back.
    if (wasShown) this.#hands.show(this.#talks.create());
    const bringBack = await this.#talks.remove(record);
    await this.refresh(true);
    say(`“${name}” was deleted.`, async () => {
      await bringBack();
      if (wasShown) this.#hands.show(await this.#talks.open(record));
      await this.refresh(true);
    });
  }

  #save(ending, type, text) {
    const day = new Date().toISOString().replace(/T.*$/u, "");
    saveFile(`verbatim-${day}.${ending}`, text, type);
    say("The talk was saved as a file.");
  }
}
