/** Connects the question box, the talk, the articles and the source. */

import { listSuggestions } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { button, element, fill, say, scrollTo } from "./dom.js";
import { Library } from "./library.js";
import { readAddress } from "./links.js";
import { saveFile, toMarkdown } from "./markdown.js";
import { Pane } from "./pane.js";
import { suggestionList } from "./reply.js";
import { Source } from "./source.js";
import { Talk } from "./talk.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const hasKeyboard = matchMedia("(hover: hover)").matches;
const talk = new Talk();
const pane = new Pane(find("source"), [find("bar"), document.querySelector("#talk")]);
const library = new Library(find("library"), find("scope"), {
  read: (article, opener) => source.openDocument(article, opener),
  reload: start,
  change: suggest,
});
const source = new Source(find("reader"), pane);
const conversation = new Conversation(talk, find("log"), {
  open: (...wanted) => source.openCitation(...wanted),
  ask,
  change: showState,
});
const composer = new Composer(find("composer"), {
  submit: ask,
  stop: () => conversation.stop(),
  recall: () => talk.exchanges.map(({ question }) => question),
});

/** Asks the articles chosen. Returns whether the question was taken. */
function ask(question) {
  return conversation.ask(question, library.chosen === null ? null : [library.chosen]);
}

function showState() {
  const isEmpty = talk.exchanges.length === 0;
  composer.busy = conversation.isBusy;
  find("welcome").hidden = !isEmpty;
  find("export").hidden = isEmpty;
  find("clear").hidden = isEmpty;
  // What was clicked may be gone. On a touch screen the keyboard would come up.
  if (document.activeElement === document.body && hasKeyboard) composer.focus();
}

/** Offers questions that the articles asked do answer, if any. */
async function suggest() {
  const chosen = library.chosen;
  const questions = await listSuggestions(chosen).catch(() => []);
  if (chosen !== library.chosen) return;
  fill(find("suggestions"), suggestionList(questions, "For example", ask));
}

function exportTalk() {
  const day = new Date().toISOString().replace(/T.*$/u, "");
  saveFile(`verbatim-${day}.md`, toMarkdown(talk.exchanges));
  say("The talk was saved as a Markdown file.");
}

function clearTalk() {
  conversation.stop();
  const forgotten = talk.clear();
  showState();
  const undo = button("Undo", () => {
    talk.restore(forgotten);
    conversation.show();
    showState();
    composer.focus();
  });
  fill(find("log"), element("p", { class: "label" }, "The talk was cleared. ", undo));
  scrollTo(find("log"), "start");
  composer.focus();
}

/** Does what the page's address asks for. */
function follow() {
  const asked = readAddress();
  if (asked?.question) {
    conversation.follow(asked);
  } else if (asked?.start !== undefined) {
    const { id, start, end } = asked;
    source.openCitation([{ document: { id, title: id }, start, end }], 0, null);
  } else if (asked?.id) {
    source.openDocument(asked);
  }
  return asked !== null;
}

async function start() {
  await library.load();
  suggest();
  const { articles } = library;
  if (!follow() && articles.length === 1 && !pane.isNarrow) source.openDocument(articles[0]);
}

function onKey(event) {
  const isTyping = event.target.matches("textarea, input, select");
  if (event.key === "Escape") {
    if (pane.isCovering) pane.close();
    else if (conversation.isBusy) conversation.stop();
    else if (pane.has(event.target)) pane.close();
  } else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  } else if (event.key === "/") {
    event.preventDefault();
    if (pane.isCovering) pane.close();
    composer.focus();
  } else if ("np".includes(event.key)
    && (pane.has(event.target) || event.target.matches(".cite"))) {
    source.step(event.key === "n" ? 1 : -1);
  }
}

for (const opener of document.querySelectorAll("[data-library-opener]")) {
  opener.addEventListener("click", () => {
    pane.show("library", opener);
    document.querySelector("#filter").focus();
  });
}
find("export").addEventListener("click", exportTalk);
find("clear").addEventListener("click", clearTalk);
document.addEventListener("keydown", onKey);
addEventListener("hashchange", follow);
conversation.show();
showState();
start();
