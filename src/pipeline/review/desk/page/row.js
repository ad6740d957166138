// One row of the sheet as elements. Everything but the rendered Markdown, which the server has cleaned, is put in as text.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== "") made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const KINDS = {
  paragraph: "Paragraph", heading: "Heading", cell: "Table cell", term: "Term", field: "Front matter",
  code: "Code", html: "HTML", math: "Math", label: "Title", shortcode: "Shortcode",
};

export function findingList(findings) {
  return findings.map((one) => element("li", { class: one.severity },
    element("strong", {}, one.rule), " ", one.message, " ", one.remedy));
}

function parts(list) {
  const names = { same: "span", gone: "del", new: "ins" };
  return list.map((part) => element(names[part.kind], {}, part.text));
}

function rendered(html, language) {
  const box = element("div", { class: "rendered", lang: language });
  box.innerHTML = html;
  for (const link of box.querySelectorAll("a")) link.tabIndex = -1;
  return box;
}

function terms(list) {
  if (!list.length) return null;
  return element("ul", { class: "terms", "aria-label": "Terms of the glossary" }, ...list.map((term) =>
    element("li", { class: term.there ? "there" : "missing", title: term.note },
      `${term.words} → ${term.target}`, element("span", { class: "hint" }, term.there ? " ✓" : " is missing"))));
}

function englishSide(row, draft) {
  const edited = row.english.some((part) => part.kind !== "same");
  return element("div", { class: "side" },
    edited ? element("p", { class: "source", lang: draft.sourceLanguage }, ...parts(row.english)) : rendered(row.englishHtml, draft.sourceLanguage),
    edited ? element("p", { class: "hint" }, "The English was edited: what is new is underlined.") : null,
    terms(row.terms));
}

function suggestionList(suggestions, draft, use) {
  if (!suggestions) return null;
  if (!suggestions.length) return element("p", { class: "hint" }, "There is nothing else.");
  return element("ol", { class: "suggestions", "aria-label": "Suggestions" }, ...suggestions.map((one, index) =>
    element("li", {}, element("button", { type: "button", onclick: () => use(index) },
      element("kbd", {}, String(index + 1)), " ", element("span", { lang: draft.language }, one.text)),
    element("span", { class: "hint" }, ` ${one.origin}`))));
}

function conflict(row, clash, actions, draft) {
  if (!clash) return null;
  return element("div", { class: "note" },
    element("p", {}, "The file was changed by somebody else, and what you wrote is not in it. It says now:"),
    element("p", { class: "source", lang: draft.language }, row.text),
    element("p", {}, "You wrote:"),
    element("p", { class: "source", lang: draft.language }, clash),
    element("p", { class: "buttons" },
      element("button", { type: "button", onclick: actions.mine }, "Write mine"),
      element("button", { type: "button", onclick: actions.theirs }, "Keep the file's")));
}

// `view` says how it is shown: current, editing, suggestions, clash; `actions` are what its buttons do.
export function rowElement(row, draft, view, actions) {
  const kind = KINDS[row.kind] ?? row.kind;
  const state = row.accepted ? "accepted" : row.changed ? "to be read" : "not changed";
  const side = element("div", { class: "side target" });
  if (view.editing) {
    side.append(element("textarea", {
      lang: draft.language, rows: Math.min(14, Math.max(2, Math.ceil(row.text.length / 36) + row.text.split("\n").length - 1)),
      "aria-label": `Translation of ${kind.toLowerCase()} in line ${row.line}`, spellcheck: "true",
      oninput: (event) => actions.typed(event.target.value),
    }));
    side.lastChild.value = view.text;
    side.append(element("p", { class: "hint" }, "Rendered:"));
  }
  side.append(rendered(row.html, draft.language));
  if (row.mark) side.append(element("p", { class: "mark" }, row.mark === "untranslated" ? "not translated yet" : `from a similar text: ${row.mark}`));
  if (row.before !== null && row.before !== row.text && view.current) {
    side.append(element("details", { open: true }, element("summary", {}, "Against what is live"),
      element("p", { class: "source", lang: draft.language }, ...parts(row.changes))));
  }
  if (row.findings.length) side.append(element("ul", { class: "findings" }, ...findingList(row.findings)));
  const clash = conflict(row, view.clash, actions, draft);
  const suggestions = suggestionList(view.suggestions, draft, actions.use);
  if (clash) side.append(clash);
  if (suggestions) side.append(suggestions);
  if (view.current) {
    side.append(element("p", { class: "buttons" },
      element("button", { type: "button", class: "accept", onclick: actions.accept }, row.accepted ? "Take back" : "Accept"),
      element("button", { type: "button", onclick: actions.edit }, view.editing ? "Done" : "Edit"),
      ...actions.engines.map((name) => element("button", { type: "button", onclick: () => actions.ask(name) }, `Ask ${name}`)),
      element("button", { type: "button", onclick: () => actions.ask("") }, "Memory"),
      element("button", { type: "button", onclick: actions.revert, disabled: !view.revertible }, "Revert")));
  }
  return element("li", {
    class: "row", id: `row-${row.row}`, "data-row": row.row, "data-state": state, "data-current": view.current,
    tabindex: view.current ? "0" : "-1", "aria-current": view.current ? "true" : undefined,
    "aria-label": `${kind}, line ${row.line}, ${state}`,
  },
  element("p", { class: "label" }, `${kind} · line ${row.line}`, element("span", { class: "badge" }, state)),
  element("div", { class: "sides" }, englishSide(row, draft), side));
}
