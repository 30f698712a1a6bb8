/** The first view: the articles that can be asked. */

import { listDocuments } from "./api.js";
import { element } from "./dom.js";

/** Lists the articles in `place`; `open` shows one of them. */
export async function listArticles(place, open) {
  let articles;
  try {
    articles = await listDocuments();
  } catch (error) {
    place.replaceChildren(element("div", { class: "error" },
      element("p", {}, error.message),
      element("button", {
        type: "button", class: "quiet", click: () => listArticles(place, open),
      }, "Try again")));
    return;
  }
  if (articles.length === 0) {
    place.replaceChildren(element("p", { class: "error" },
      "No article has been indexed yet, so there is nothing to ask about."));
    return;
  }
  place.replaceChildren(element("ul", { class: "articles" },
    ...articles.map((article) => element("li", {}, articleButton(article, open)))));
}

function articleButton(article, open) {
  const button = element("button", {
    type: "button",
    "aria-controls": "source",
    "aria-expanded": "false",
    click: () => open(article, button),
  }, element("bdi", {}, article.title));
  return button;
}
