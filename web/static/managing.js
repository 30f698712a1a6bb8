/** Articles that are in the index: to rename one, or to remove it, which can be undone. */

import { changeDocument, followBuild, removeDocument } from "./api.js";
import { button, element, fill, say } from "./dom.js";

const BUSY_MS = 2000;

export class Managing {
  #refresh;

  /** `refresh` has the library shown anew. */
  constructor(refresh) {
    this.#refresh = refresh;
  }

  /** Returns the buttons with which an article is renamed or removed. */
  manage(article) {
    const { id, title } = article;
    const rename = button("Rename", () => this.#rename(article, rename), {
      class: "link", "aria-label": `Rename “${title}”`,
    });
    return [rename, button("Remove", () => this.#remove(article), {
      class: "link", "aria-label": `Remove “${title}”`, "data-id": id,
    })];
  }

  async #rename(article, opener) {
    const row = opener.closest("li");
    const input = element("input", { "aria-label": "New title", maxlength: "200" });
    input.value = article.title;
    const done = async (event) => {
      event.preventDefault();
      const title = input.value.trim();
      if (title === "" || title === article.title) return leave();
      form.replaceWith(...hidden);
      await this.#change("The title was changed.", () => changeDocument(article.id, { title }));
    };
    const leave = () => {
      form.replaceWith(...hidden);
      opener.focus();
      // The articles may have changed meanwhile.
      this.#refresh();
    };
    const form = element("form", { class: "row rename", submit: done }, input,
      element("button", { class: "quiet" }, "Save"),
      button("Cancel", leave));
    const hidden = [...row.children];
    fill(row, form);
    input.select();
  }

  async #remove({ id, title }) {
    await this.#change(`“${title}” was removed.`, () => removeDocument(id), () =>
      this.#change(`“${title}” is back.`, () => changeDocument(id, { is_removed: false })));
  }

  /** Does a change and waits until it is live. */
  async #change(done, work, undo = null) {
    say("One moment…");
    try {
      const { id } = await work();
      const isLive = await follow(id, (files) => {
        const wrong = files.find(({ error }) => error);
        if (wrong) throw new Error(wrong.error);
      });
      if (isLive) say(done, undo);
      await this.#refresh();
    } catch (error) {
      say(`That did not work. ${error.message}`);
    }
  }
}

/** Tells `take` how far a build is; returns whether something of it is live. What was taken is not
 *  lost with the service: one that is started anew goes on with it, as a build of another id. */
export async function follow(id, take) {
  let last = [];
  while (true) {
    try {
      for await (const files of followBuild(id)) take(last = files);
      return last.some(({ state }) => state === "live");
    } catch (error) {
      if (error.status === 404) {
        take([{ state: "restarted" }]);
        return true;
      }
      if (error.isAway) {
        take([{ state: "away" }]);
      } else if (error.status !== 503) {
        if (error.status !== undefined) take([{ state: "failed", error: error.message }]);
        throw error;
      }
      await new Promise((resume) => setTimeout(resume, BUSY_MS));
    }
  }
}
