// Light, dark or automatic colours. Runs before the page is painted, so a remembered choice never flashes.
(() => {
  "use strict";
  const root = document.documentElement;
  const order = ["auto", "light", "dark"];
  const remembered = () => {
    try {
      return localStorage.getItem("scheme");
    } catch {
      return null;
    }
  };
  const apply = (scheme) => {
    if (scheme === "auto") delete root.dataset.scheme;
    else root.dataset.scheme = scheme;
  };
  let scheme = order.includes(remembered()) ? remembered() : "auto";
  apply(scheme);

  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("button.scheme");
    if (!button) return;
    const show = () => {
      button.dataset.scheme = scheme;
      button.setAttribute("aria-label", button.dataset[scheme]);
      button.title = button.dataset[scheme];
    };
    button.addEventListener("click", () => {
      scheme = order[(order.indexOf(scheme) + 1) % order.length];
      try {
        localStorage.setItem("scheme", scheme);
      } catch {
        // Not remembered in a browser that keeps nothing.
      }
      apply(scheme);
      show();
    });
    show();
    button.hidden = false;
  });
})();
