/** The chat page: connects the question box, the talk, the articles and the source. */

import { listSuggestions } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { button, element, say } from "./dom.js";
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
const source = new Source(find("reader"), pane, library.dates);
const conversation = new Conversation(talk, find("log"), {
  open: (citations, place, opener) => source.openCitation(citations, place, opener),
  ask,
  dates: library.dates,
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

/** Offers questions that the articles asked do answer; without any, nothing is missing. */
async function suggest() {
  const chosen = library.chosen;
  const questions = await listSuggestions(chosen).catch(() => []);
  if (chosen !== library.chosen) return;
  const list = suggestionList(questions, "For example", ask);
  find("suggestions").replaceChildren(...(list ? [list] : []));
}

function exportTalk() {
  const day = new Date().toISOString().replace(/T.*$/u, "");
  saveFile(`verbatim-${day}.md`, toMarkdown(talk.exchanges, library.dates));
  say("The talk was saved as a Markdown file.");
}

function clearTalk() {
  conversation.stop();
  const forgotten = talk.clear();
  conversation.show();
  showState();
  const undo = button("Undo", () => {
    talk.restore(forgotten);
    notice.remove();
    conversation.show();
    showState();
    composer.focus();
  });
  const notice = element("p", { class: "notice", role: "status" }, "The talk was cleared. ", undo);
  find("log").replaceChildren(notice);
  composer.focus();
}

/** Does what the page's address asks for, if anything. */
function follow() {
  const asked = readAddress();
  if (asked?.question) {
    conversation.reveal(asked.question)
      || conversation.ask(asked.question, asked.documentIds);
  } else if (asked?.start !== undefined) {
    const { id, start, end } = asked;
    source.openCitation([{ document: { id, title: id }, start, end }], 0, null);
  } else if (asked?.id) {
    source.openDocument(asked);
  }
  return asked !== null;
}

async function start() {
  const hasArticles = await library.load();
  conversation.show();
  showState();
  suggest();
  if (follow() || !hasArticles) return;
  const [only, ...others] = library.articles;
  if (only && others.length === 0 && !pane.isNarrow) source.openDocument(only);
}

function onKey(event) {
  const isTyping = event.target.matches("textarea, input, select");
  if (event.key === "Escape") {
    if (conversation.isBusy) conversation.stop();
    else if (pane.isCovering || pane.has(event.target)) pane.close();
  } else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  } else if (event.key === "/") {
    event.preventDefault();
    if (pane.isCovering) pane.close();
    composer.focus();
  } else if (event.key === "n" || event.key === "p") {
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
start();
