/** Bringing articles: dropped, chosen or pasted; each one's way into the index is told. */

import { addDocument } from "./api.js";
import { element, scrollTo } from "./dom.js";
import { follow } from "./managing.js";

const STATES = {
  sending: "Sending…",
  waiting: "Waiting…",
  reading: "Reading…",
  splitting: "Cutting into passages…",
  embedding: "Understanding…",
  indexing: "Indexing…",
  live: "Can be asked now.",
  away: "The service cannot be reached. Trying again…",
  restarted: "Taken. The service was started anew and goes on with it.",
};
const ENDS = ["live", "failed", "restarted"];
const BUSY_MS = 2000;
const MAX_BYTES = 20_000_000;

export class Adding {
  #root;
  #list;
  #hands;
  #waiting = [];
  #isSending = false;

  /** `hands`: `refresh` the library when something went live. */
  constructor(root, hands) {
    this.#root = root;
    this.#list = root.querySelector("[data-added]");
    this.#hands = hands;
    const picker = root.querySelector("input[type=file]");
    picker.addEventListener("change", () => {
      this.add([...picker.files]);
      picker.value = "";
    });
    const paste = root.querySelector("form");
    paste.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#addText(paste.elements.text);
    });
    document.addEventListener("dragover", (event) => this.#onDrag(event));
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) document.body.classList.remove("dropping");
    });
    document.addEventListener("drop", (event) => this.#onDrop(event));
  }

  /** Takes files; they are sent one after the other. */
  add(files) {
    this.#waiting.push(...files.map((file) => ({ file, row: this.#row(file.name) })));
    // Below the articles, of which there may be many.
    scrollTo(this.#list, "nearest");
    this.#send();
  }

  #onDrag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  }

  #onDrop(event) {
    document.body.classList.remove("dropping");
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.#hands.show();
    this.add([...event.dataTransfer.files]);
  }

  #addText(box) {
    const text = box.value.trim();
    if (text === "") {
      box.focus();
      return;
    }
    const [first] = text.split("\n");
    const words = first.split(/\s+/u).filter((_, i) => i < 10).join(" ");
    this.add([new File([text], `${words.replace(/[^\p{L}\p{N} ,'’-]+/gu, " ").trim() || "Text"}.txt`)]);
    box.value = "";
  }

  /** The line of a file in the list of those brought. */
  #row(name) {
    const state = element("span", { role: "status" }, STATES.waiting);
    const bar = element("progress", { max: "1", "aria-label": `Progress of ${name}` });
    const node = element("li", {}, element("bdi", {}, name), " ", state, bar);
    this.#list.prepend(node);
    this.#root.querySelector("[data-brought]").hidden = false;
    return {
      tell({ state: at, done = 0, total = 0, error = null }) {
        const words = error ?? STATES[at];
        if (state.textContent !== words) state.textContent = words;
        bar.hidden = ENDS.includes(at);
        if (total > 0) bar.value = done / total;
        else bar.removeAttribute("value");
        node.classList.toggle("wrong", at === "failed");
      },
    };
  }

  async #send() {
    if (this.#isSending) return;
    this.#isSending = true;
    const builds = [];
    while (this.#waiting.length > 0) {
      const { file, row } = this.#waiting.shift();
      row.tell({ state: "sending" });
      try {
        if (file.size > MAX_BYTES) {
          throw new Error(`This file has ${Math.round(file.size / 1e6)} MB; 20 MB can be read.`);
        }
        builds.push([await sendPatiently(file), row]);
        row.tell({ state: "waiting" });
      } catch (error) {
        row.tell({ state: "failed", error: error.message });
      }
    }
    this.#isSending = false;
    let isLive = false;
    for (const [{ id }, row] of builds) {
      isLive = await follow(id, (files) => files.forEach((each) => row.tell(each))) || isLive;
    }
    if (!isLive) return;
    const { top, bottom } = this.#list.getBoundingClientRect();
    await this.#hands.refresh();
    // The list of articles above it was made anew.
    if (bottom > 0 && top < innerHeight) scrollTo(this.#list, "nearest");
  }
}

/** Returns the build of a file; where too many wait it is tried again. */
async function sendPatiently(file) {
  while (true) {
    try {
      return await addDocument(file);
    } catch (error) {
      if (error.status !== 503) throw error;
      await new Promise((resume) => setTimeout(resume, BUSY_MS));
    }
  }
}
