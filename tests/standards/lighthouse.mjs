// Lighthouse for many pages in one browser: `node lighthouse.mjs MODULES PORT CATEGORIES` reads addresses from stdin and
// prints, for each, one line of JSON: the scores of the categories, what cost points, and what was measured.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [modules, port, categories] = process.argv.slice(2);
const found = createRequire(`${modules}/`).resolve("lighthouse");
const { default: lighthouse } = await import(pathToFileURL(found).href);
const options = { port: Number(port), output: "json", logLevel: "error", onlyCategories: categories.split(",") };
options.disableFullPageScreenshot = true;
if (!options.onlyCategories.includes("performance")) {
  // Nothing is measured in seconds, so there is nothing to wait for.
  for (const wait of ["pauseAfterFcpMs", "pauseAfterLoadMs", "networkQuietThresholdMs", "cpuQuietThresholdMs"]) {
    options[wait] = 0;
  }
}

for await (const url of createInterface({ input: process.stdin })) {
  const { lhr } = await lighthouse(url, options);
  const faults = lhr.runtimeError ? [lhr.runtimeError.message] : [];
  const scores = {};
  for (const [name, { score, auditRefs }] of Object.entries(lhr.categories)) {
    scores[name] = Math.round(score * 100);
    for (const { id, weight } of auditRefs) {
      const { score: one, title, displayValue } = lhr.audits[id];
      if (weight && one !== null && one < 1) faults.push([id, title, displayValue].filter(Boolean).join(": "));
    }
  }
  const measured = Object.values(lhr.audits).filter((audit) => audit.numericUnit);
  const metrics = Object.fromEntries(measured.map((audit) => [audit.id, audit.numericValue]));
  console.log(JSON.stringify({ url, scores, faults, metrics }));
}
