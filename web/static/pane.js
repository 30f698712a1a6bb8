/** The pane beside the talk. On a narrow screen it covers the talk while it is open. */

const narrow = matchMedia("(max-width: 59.99rem)");

export class Pane {
  #pane;
  #covered;
  #hands;
  #opener = null;

  /** `covered` is what takes no focus while the pane lies over it; `hands`: take that it was
   *  `closed`. */
  constructor(pane, covered, hands) {
    this.#pane = pane;
    this.#covered = covered;
    this.#hands = hands;
    for (const close of pane.querySelectorAll("[data-close]")) {
      close.addEventListener("click", () => this.close());
    }
    narrow.addEventListener("change", () => {
      // Where it would cover the talk, it is open only for who is in it.
      if (!this.has(document.activeElement)) this.#pane.classList.remove("open");
      this.#shield();
    });
  }

  /** Whether there is room for the pane only over the talk. */
  get isNarrow() {
    return narrow.matches;
  }

  get isCovering() {
    return this.isNarrow && this.#pane.classList.contains("open");
  }

  /** Whether somebody opened it: what they look for is not to go away unasked. */
  get wasOpened() {
    return this.#opener !== null;
  }

  /** Whether somebody types in it, under whose hands it is not to change by itself. */
  get isTypedIn() {
    return this.has(document.activeElement) && document.activeElement.matches("input, textarea");
  }

  has(node) {
    return this.#pane.contains(node);
  }

  /** Shows the library, the talks or the reader; `opener` gets the focus back. */
  show(view, opener) {
    for (const each of this.#pane.children) each.hidden = !(view in each.dataset);
    this.#pane.classList.add("open");
    this.#shield();
    if (opener && !this.has(opener)) this.#opener = opener;
  }

  /** Goes back to the talk; on a wide screen the pane stays in view. */
  close() {
    this.#pane.classList.remove("open");
    this.#shield();
    const opener = this.#opener?.isConnected && !this.has(this.#opener) ? this.#opener : null;
    (opener ?? document.querySelector("#question")).focus();
    this.#hands.closed();
  }

  #shield() {
    for (const each of this.#covered) each.inert = this.isCovering;
  }
}
