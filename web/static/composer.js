/** The question box: its keys, its limit, and what it recalls. */

export class Composer {
  #form;
  #box;
  #limit;
  #label;
  #button;
  #hands;
  #back = 0;
  #submitted = null;

  /** `hands`: `submit` a question, `stop` what is under way, `recall` questions asked. */
  constructor(form, hands) {
    this.#form = form;
    this.#box = form.querySelector("textarea");
    this.#limit = form.querySelector("#limit");
    this.#label = form.querySelector("label");
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

  /** Has a question changed: what is submitted next goes to `submitted`. */
  edit(question, submitted) {
    this.#submitted = submitted;
    this.#label.textContent = "Change your question (Esc: leave it as it is)";
    this.#fill(question);
    this.focus();
  }

  /** Leaves a question as it is; returns whether one was being changed. */
  cancelEdit() {
    const isEditing = this.#submitted !== null;
    this.#submitted = null;
    this.#label.textContent = "Your question";
    if (isEditing) this.#fill("");
    return isEditing;
  }

  #submit() {
    const question = this.#box.value.trim();
    this.#box.focus();
    if (question === "") this.#limit.textContent = "Type a question first.";
    if (question === "") return;
    if (this.#measure()) {
      this.#limit.textContent = `Too long to be asked: ${this.#limit.textContent}. Shorten it.`;
      return;
    }
    if (!(this.#submitted ?? this.#hands.submit)(question)) {
      this.#limit.textContent = "Wait for the answer under way, or stop it.";
      return;
    }
    this.cancelEdit();
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
    } else if (event.key === "Escape" && this.cancelEdit()) {
      event.stopPropagation();
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
