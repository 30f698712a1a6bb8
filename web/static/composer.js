/** The question box: its keys, its limit, and what it recalls. */

export class Composer {
  #form;
  #box;
  #limit;
  #button;
  #most;
  #recall;
  #back = 0;

  /** `hands`: `submit` a question, `stop` what is under way, `recall` questions asked. */
  constructor(form, hands) {
    this.#form = form;
    this.#box = form.querySelector("textarea");
    this.#limit = form.querySelector("#limit");
    this.#button = form.querySelector("[type=submit]");
    this.#most = Number(this.#box.dataset.max);
    this.#recall = hands.recall;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#form.classList.contains("busy")) hands.stop();
      else this.#submit(hands.submit);
    });
    this.#box.addEventListener("input", () => {
      this.#back = 0;
      this.#measure();
    });
    this.#box.addEventListener("keydown", (event) => this.#onKey(event, hands.submit));
  }

  focus() {
    this.#box.focus();
  }

  /** While an answer is awaited, the button stops it. */
  set busy(isBusy) {
    this.#form.classList.toggle("busy", isBusy);
    this.#button.textContent = isBusy ? "Stop" : "Ask";
  }

  #submit(take) {
    const question = this.#box.value.trim();
    this.#box.focus();
    if (question === "" || this.#isTooLong() || !take(question)) return;
    this.#fill("");
    this.#back = 0;
    // On a touch screen the keyboard would lie over the answer.
    if (matchMedia("(hover: none)").matches) this.#box.blur();
  }

  #onKey(event, take) {
    if (event.isComposing || event.shiftKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.#submit(take);
    } else if (event.key === "ArrowUp" && (this.#box.value === "" || this.#back > 0)) {
      event.preventDefault();
      this.#walk(1);
    } else if (event.key === "ArrowDown" && this.#back > 0) {
      event.preventDefault();
      this.#walk(-1);
    }
  }

  /** Fills in a question asked before: one further back, or one less. */
  #walk(by) {
    const asked = this.#recall();
    this.#back = Math.min(asked.length, this.#back + by);
    this.#fill(this.#back === 0 ? "" : asked.at(-this.#back));
  }

  #fill(text) {
    this.#box.value = text;
    this.#measure();
  }

  // The service counts code points, and so does this.
  #count() {
    return [...this.#box.value.trim()].length;
  }

  #isTooLong() {
    return this.#count() > this.#most;
  }

  #measure() {
    const count = this.#count();
    const near = count > 0.8 * this.#most;
    this.#limit.textContent = near ? `${count} of at most ${this.#most} characters` : "";
    this.#limit.classList.toggle("over", this.#isTooLong());
    this.#box.setAttribute("aria-invalid", String(this.#isTooLong()));
  }
}
