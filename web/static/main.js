/** Connects the question box, the talks, the articles and the source. */

import { Adding } from "./adding.js";
import { listSuggestions } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { fill, say } from "./dom.js";
import { greet } from "./languages.js";
import { listenToKeys } from "./keys.js";
import { Library } from "./library.js";
import { readAddress } from "./links.js";
import { Managing } from "./managing.js";
import { Pane } from "./pane.js";
import { enter, entitle, leave, onBack } from "./places.js";
import { suggestionList } from "./reply.js";
import { Shelf } from "./shelf.js";
import { Source } from "./source.js";
import { openStore } from "./store.js";
import { Talks } from "./talk.js";
import { plural } from "./text.js";
import { watchIndex } from "./watch.js";

const SUGGESTED = 6;
const find = (name) => document.querySelector(`[data-${name}]`);
const hasKeyboard = matchMedia("(hover: hover)").matches;
let talk = null;
/** What was asked before this browser's talks were there. */
let early = null;
/** Resolved once they are. */
let begin;
const begun = new Promise((resolve) => { begin = resolve; });
// First of all: who types or clicks at once is not to wait for what follows.
const composer = new Composer(find("composer"), {
  submit: ask,
  stop: () => conversation.stop(),
  recall: () => (talk?.exchanges ?? []).map(({ question }) => question),
});
const pane = new Pane(find("source"), [find("bar"), document.querySelector("#talk")], {
  closed: () => {
    entitle(talk?.exchanges.at(-1)?.question);
    leave();
  },
});
for (const [name, focused] of [["library", "#filter"], ["talks", "[data-talks] [data-new]"]]) {
  for (const opener of document.querySelectorAll(`[data-${name}-opener]`)) {
    opener.addEventListener("click", () => {
      pane.show(name, opener);
      if (pane.isNarrow) enter();
      document.querySelector(focused)?.focus();
    });
  }
}
for (const each of document.querySelectorAll("[data-new]")) {
  each.addEventListener("click", async () => {
    await begun;
    showTalk(talks.create());
  });
}
const talks = new Talks(await openStore(), () =>
  say("This browser has no room left: what you ask now lasts as long as this page."));
talk = await talks.current();
const managing = find("adding") && new Managing(refresh);
if (managing) new Adding(find("adding"), { refresh, show: () => pane.show("library", null) });
const library = new Library(find("library"), find("scope"), {
  read: (article, opener) => source.openDocument(article, opener),
  reload: start,
  change: suggest,
  manage: (article) => managing?.manage(article) ?? [],
});
const source = new Source(find("reader"), pane, {
  several: () => library.total > 1,
  askOnly: (article) => {
    library.choose(article);
    if (pane.isCovering) pane.close();
    composer.focus();
    say(`Your questions go to “${article.title}” now.`);
  },
});
const conversation = new Conversation(find("log"), {
  open: (citations, place, link, asked = true) =>
    source.openCitation(citations, place, link, { asked }),
  unmark: () => source.unmark(),
  ask,
  edit: (exchange) => composer.edit(exchange.question, (question) =>
    conversation.change(exchange, question)),
  remove: removeExchange,
  change: showState,
});
const shelf = new Shelf(find("talks"), talks, { show: showTalk });

/** Asks the articles chosen. Returns whether the question was taken. */
function ask(question) {
  if (talk === null) {
    if (early !== null) return false;
    early = question;
    return true;
  }
  return conversation.ask({ question, documentIds: library.chosen });
}

function showState() {
  const isEmpty = talk.exchanges.length === 0;
  composer.busy = conversation.isBusy;
  find("welcome").hidden = !isEmpty;
  if (!readAddress()?.id) entitle(talk.exchanges.at(-1)?.question);
  shelf.refresh(!conversation.isBusy);
  // What was clicked may be gone. On a touch screen the keyboard would come up.
  if (document.activeElement === document.body && hasKeyboard) composer.focus();
}

function showTalk(chosen) {
  conversation.stop();
  talk = chosen;
  conversation.show(talk);
  source.unmark();
  shelf.show(talk);
  showState();
  suggest();
  if (pane.isCovering) pane.close();
  composer.focus();
}

function removeExchange(exchange) {
  conversation.stop();
  talk.remove(exchange);
  const from = talk;
  conversation.show(talk);
  showState();
  composer.focus();
  say("The question was deleted.", () => {
    from.restore(exchange);
    if (from === talk) conversation.show(talk);
    showState();
  });
}

/** Offers questions that the articles asked do answer, if any. */
async function suggest() {
  const { chosen } = library;
  const key = String(chosen);
  const lists = await Promise.all((chosen ?? [null]).filter((_, i) => i < SUGGESTED).map((id) =>
    listSuggestions(id).catch(() => [])));
  if (key !== String(library.chosen)) return;
  const offered = conversation.fresh([...new Set(lists.flat())]);
  fill(find("suggestions"),
    suggestionList(offered.filter((_, i) => i < SUGGESTED), "For example", ask));
}

/** Shows what the index holds by now. */
async function refresh() {
  const before = library.version;
  if (!await library.load() || library.version === before) return;
  suggest();
  return true;
}

/** Does what the page's address asks for; returns whether it asks for something. */
function follow({ entered = true } = {}) {
  const asked = readAddress();
  if (asked?.question) {
    conversation.follow(asked);
  } else if (asked?.citation) {
    source.openCitation([asked.citation], 0, null, { entered });
  } else if (asked?.id) {
    source.openDocument({ id: asked.id }, null, { entered });
  }
  return asked !== null;
}

async function start() {
  await library.load();
  suggest();
  if (follow() || pane.isNarrow || pane.wasOpened) return;
  if (!conversation.reopen() && library.only) source.openDocument(library.only);
}

/** Back, or forward, in the browser. */
function goBack() {
  if (!readAddress()?.id) {
    if (pane.isCovering) pane.close();
    else if (!pane.isNarrow) pane.show("library", null);
    entitle(talk.exchanges.at(-1)?.question);
  }
  follow();
}

listenToKeys({ pane, source, composer, conversation });
onBack(goBack);
watchIndex(() => library.version, async () => {
  if (await refresh()) say(`The articles have changed: ${plural(library.total, "article")} now.`);
});
greet(find("own-language"));
conversation.show(talk);
shelf.show(talk);
showState();
begin();
if (early) ask(early);
start();
