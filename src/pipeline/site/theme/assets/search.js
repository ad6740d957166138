// Search. The index is in small files beside the page; of each query only those that it needs are fetched.
(() => {
  "use strict";
  const form = document.querySelector("form.search");
  const list = document.querySelector(".found");
  const status = document.querySelector(".search-status");
  if (!form || !list) return;
  const CJK = "\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7ff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}々〇";
  const RUNS = new RegExp(`[${CJK}]+|(?:(?![${CJK}])[\\p{L}\\p{N}\\p{M}_])+`, "gu");
  const IS_CJK = new RegExp(`^[${CJK}]`, "u");
  const MOST = 30;
  const SHOWN = 80;
  const folder = form.dataset.index;
  const files = new Map();
  let asked = 0;

  const get = (name) => {
    if (!files.has(name)) {
      files.set(
        name,
        fetch(folder + name).then((answer) => {
          if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
          return name.includes("json") ? answer.json() : answer.text();
        }),
      );
      files.get(name).catch(() => files.delete(name));
    }
    return files.get(name);
  };
  const runs = (text) => text.normalize("NFKC").toLowerCase().match(RUNS) || [];
  const terms = (run) => {
    const characters = Array.from(run);
    if (!IS_CJK.test(run)) return [[characters.slice(0, 32).join(""), characters.length > 2]];
    if (characters.length === 1) return [[run, true]];
    return characters.slice(1).map((next, place) => [characters[place] + next, false]);
  };

  // Of the shard that has a term, and all that begin with it: by three letters, or by one character of Chinese.
  const place = (term) => {
    const codes = Array.from(term, (character) => character.codePointAt(0));
    return codes.slice(0, codes[0] < 0x3000 ? 3 : 1).reduce((number, code) => number * 31 + code, 0);
  };

  async function scores(query) {
    const index = await get("index.json");
    let total = null;
    for (const [term, isStart] of runs(query).flatMap(terms)) {
      const shard = await get(`${place(term) % index.files}.json?${index.version}`);
      const found = new Map();
      const add = (pairs, factor) => {
        for (let at = 0; at < pairs.length; at += 2) {
          found.set(pairs[at], Math.max(found.get(pairs[at]) || 0, pairs[at + 1] * factor));
        }
      };
      if (Object.hasOwn(shard, term)) add(shard[term], 1);
      if (isStart) for (const other in shard) if (other.startsWith(term) && other !== term) add(shard[other], 0.5);
      const rarity = Math.log(1 + index.documents.length / (found.size || 1));
      const next = new Map();
      for (const [page, weight] of found) {
        if (total === null || total.has(page)) next.set(page, ((total && total.get(page)) || 0) + weight * rarity);
      }
      total = next;
    }
    return [...(total || [])].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, MOST);
  }

  // Marks what was looked for, ignoring case; the text is set as text, never as HTML.
  function marked(element, text, words) {
    const lower = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      let next = -1;
      let length = 0;
      for (const word of words) {
        const place = lower.indexOf(word, at);
        if (place >= 0 && (next < 0 || place < next)) [next, length] = [place, word.length];
      }
      if (next < 0) break;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(next, next + length);
      element.append(text.slice(at, next), mark);
      at = next + length;
    }
    element.append(text.slice(at));
  }

  async function excerpt(href, words) {
    const answer = await fetch(href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const extra of page.querySelectorAll(".prose :is(.anchor, .note-ref, .code-title, script, style)")) extra.remove();
    const text = (page.querySelector(".prose")?.textContent || "").replace(/\s+/g, " ").trim();
    const first = words.map((word) => text.toLowerCase().indexOf(word)).find((place) => place >= 0) ?? 0;
    let start = Math.max(0, first - SHOWN / 2);
    if (start) start += text.slice(start, first).search(/[\s，。；：、]/) + 1;
    const end = Math.min(text.length, first + SHOWN * 2);
    return (start ? "…" : "") + text.slice(start, end) + (end < text.length ? "…" : "");
  }

  function entry([title, href, date, language], words) {
    const item = document.createElement("li");
    const heading = document.createElement("h2");
    const link = document.createElement("a");
    const text = document.createElement("p");
    link.href = href;
    link.lang = text.lang = language;
    marked(link, title, words);
    heading.append(link);
    item.className = "entry";
    const time = document.createElement("span");
    time.className = "date";
    time.textContent = date;
    const box = document.createElement("div");
    box.append(heading, text);
    item.append(time, box);
    excerpt(href, words).then(
      (part) => marked(text, part, words),
      () => text.remove(),
    );
    return item;
  }

  async function search() {
    const query = form.elements.q.value.trim();
    const turn = ++asked;
    const address = new URL(location.href);
    if (query) address.searchParams.set("q", query);
    else address.searchParams.delete("q");
    history.replaceState(null, "", address);
    try {
      const found = query ? await scores(query) : [];
      if (turn !== asked) return;
      const { documents } = query ? await get("index.json") : { documents: [] };
      // The longest are looked for first; parts of Chinese are found even where the whole is not.
      const parts = runs(query).flatMap((run) => terms(run).map(([term]) => term));
      const words = [...new Set([...runs(query), ...parts.filter((part) => part.length > 1)])];
      words.sort((a, b) => b.length - a.length);
      list.replaceChildren(...found.map(([page]) => entry(documents[page], words)));
      const words_of = form.dataset;
      status.textContent = !query ? "" : found.length ? words_of.found.replace("{number}", found.length) : words_of.none;
    } catch {
      status.textContent = form.dataset.failed;
    }
  }

  let waiting;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  form.elements.q.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(search, 120);
  });
  form.elements.q.addEventListener("compositionend", search);
  form.hidden = false;
  form.elements.q.value = new URL(location.href).searchParams.get("q") || "";
  if (form.elements.q.value) search();
  form.elements.q.focus();
})();
