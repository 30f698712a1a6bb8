/** Small tools to make elements. Text is only ever set as text, never as markup. */

/** Returns a new element; `properties` are attributes, listeners if functions. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Returns text as nodes, with a gap after each line that is a paragraph of its own.
 *  The nodes' text is the text given, to the character. */
export function paragraphs(text) {
  const lines = text.split(/(?<=[^\r\n]\r?\n)(?=[^\r\n])/u);
  return lines.flatMap((line, i) =>
    i === 0 ? [line] : [element("span", { class: "gap" }), line],
  );
}

/** Returns a link to an article's own page, or null if its address is no web address. */
export function originalLink(url) {
  if (!url || !/^https?:\/\//iu.test(url)) return null;
  return element("a", { href: url, rel: "noopener noreferrer", target: "_blank" },
    "Open the original");
}
