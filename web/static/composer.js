/** The question box: its keys, its limit, and what it recalls. */

export class Composer {
  #form;
  #box;
  #limit;
  #button;
  #hands;
  #back = 0;

  /** `hands`: `submit` a question, `stop` what is under way, `recall` questions asked. */
  constructor(form, hands) {
    this.#form = form;
    this.#box = form.querySelector("textarea");
    this.#limit = form.querySelector("#limit");
    this.#button = form.querySelector("[type=submit]");
    this.#hands = hands;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#form.classList.contains("busy")) hands.stop();
      else this.#submit();
    });
    this.#box.addEventListener("input", () => {
      this.#back = 0;
      this.#measure();
    });
    this.#box.addEventListener("keydown", (event) => this.#onKey(event));
  }

  focus() {
    this.#box.focus();
  }

  /** While an answer is awaited, the button stops it. */
  set busy(isBusy) {
    this.#form.classList.toggle("busy", isBusy);
    this.#button.textContent = isBusy ? "Stop" : "Ask";
  }

  #submit() {
    const question = this.#box.value.trim();
    this.#box.focus();
    if (question === "") this.#limit.textContent = "Type a question first.";
    if (question === "" || this.#measure() || !this.#hands.submit(question)) return;
    this.#fill("");
    this.#back = 0;
    // On a touch screen the keyboard would lie over the answer.
    if (matchMedia("(hover: none)").matches) this.#box.blur();
  }

  #onKey(event) {
    if (event.isComposing || event.shiftKey) return;
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      this.#submit();
    } else if (by && (this.#back > 0 || (by > 0 && this.#box.value === ""))) {
      event.preventDefault();
      this.#walk(by);
    }
  }

  /** Fills in a question asked before: one further back, or one less. */
  #walk(by) {
    const asked = this.#hands.recall();
    this.#back = Math.min(asked.length, this.#back + by);
    this.#fill(this.#back === 0 ? "" : asked.at(-this.#back));
  }

  #fill(text) {
    this.#box.value = text;
    this.#measure();
  }

  /** Tells when the limit is near. Returns whether the question is too long. */
  #measure() {
    // The service counts code points, and so does this.
    const count = [...this.#box.value.trim()].length;
    const most = Number(this.#box.dataset.max);
    const isOver = count > most;
    this.#limit.textContent = count > 0.8 * most ? `${count} of at most ${most} characters` : "";
    this.#limit.classList.toggle("over", isOver);
    this.#box.setAttribute("aria-invalid", isOver);
    return isOver;
  }
}
