import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonDocuments, jsonText } from "./json-documents.ts";

/** Writes `schemas/json`, or with `--check` says what differs from the code and exits with 1. */

const folder = join(import.meta.dirname, "json");
const check = process.argv.includes("--check");
mkdirSync(folder, { recursive: true });

const expected = new Map([...jsonDocuments()].map(([name, value]) => [name, jsonText(value)]));
const present = readdirSync(folder).filter((name) => name.endsWith(".json"));
const left = present.filter((name) => !expected.has(name));
const changed = [...expected].filter(([name, text]) => !present.includes(name) || readFileSync(join(folder, name), "utf8") !== text);

if (check) {
  for (const [name] of changed) console.error(`schemas/json/${name} is not what the code says`);
  for (const name of left) console.error(`schemas/json/${name} belongs to nothing in the code`);
  if (changed.length + left.length > 0) {
    console.error("Run `npm run schemas` and commit the result.");
    process.exitCode = 1;
  }
} else {
  for (const [name, text] of changed) writeFileSync(join(folder, name), text);
  for (const name of left) rmSync(join(folder, name));
  console.log(`${expected.size} documents in schemas/json, ${changed.length} written, ${left.length} removed`);
}
