// The table of contents follows the reading: where it stands beside the text it is open, and the part that is being
// read is marked. Without scripts it is a list above the text that can be unfolded.
(() => {
  "use strict";
  const contents = document.querySelector("nav.contents");
  if (!contents) return;
  const beside = matchMedia("(min-width: 80rem)");
  const place = () => (contents.firstElementChild.open = beside.matches);
  place();
  beside.addEventListener("change", place);

  const parts = [...contents.querySelectorAll("a")]
    .map((link) => ({ link, heading: document.getElementById(decodeURIComponent(link.hash.slice(1))) }))
    .filter((part) => part.heading);
  let current = null;
  const show = () => {
    waiting = false;
    const line = innerHeight / 4;
    const isAtEnd = scrollY > 0 && Math.ceil(scrollY + innerHeight) >= document.documentElement.scrollHeight;
    const read = isAtEnd ? parts : parts.filter((part) => part.heading.getBoundingClientRect().top <= line);
    const next = read.at(-1)?.link ?? null;
    if (next === current) return;
    current?.removeAttribute("aria-current");
    next?.setAttribute("aria-current", "location");
    current = next;
    if (!next || !beside.matches) return;
    // Only the list is scrolled, never the page.
    const list = contents.getBoundingClientRect();
    const own = next.getBoundingClientRect();
    if (own.top < list.top + 32) contents.scrollTop -= list.top + 32 - own.top;
    if (own.bottom > list.bottom - 32) contents.scrollTop += own.bottom - list.bottom + 32;
  };
  let waiting = false;
  const later = () => {
    if (!waiting) requestAnimationFrame(show);
    waiting = true;
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later, { passive: true });
  show();
})();
