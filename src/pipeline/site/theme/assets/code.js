// Buttons on blocks of code: to copy one, and to unfold a long one. Without scripts, all of it is shown.
(() => {
  "use strict";
  const button = (block, kind, label, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = kind;
    made.textContent = label;
    made.addEventListener("click", () => action(made));
    block.append(made);
  };
  for (const block of document.querySelectorAll(".code[data-copy]")) {
    if (block.dataset.unfold) {
      block.classList.add("folded");
      button(block, "unfold", block.dataset.unfold, (made) => {
        block.classList.remove("folded");
        block.querySelector("pre").focus();
        made.remove();
      });
    }
    if (!navigator.clipboard) continue;
    button(block, "copy", block.dataset.copy, async (made) => {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      made.textContent = block.dataset.copied;
      setTimeout(() => (made.textContent = block.dataset.copy), 2000);
    });
  }
})();
