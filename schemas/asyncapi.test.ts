import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { jsonDocuments } from "./json-documents.ts";
import { eventSchemas } from "./registry.ts";

interface Json {
  readonly [name: string]: Json;
}

const document = JSON.parse(JSON.stringify(jsonDocuments().get("asyncapi.json"))) as Json;

/** What a reference inside the document points at. */
const resolve = (reference: string): Json | undefined =>
  reference
    .slice(2)
    .split("/")
    .reduce<Json | undefined>((node, name) => node?.[name], document);

function references(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  const own = "$ref" in node && typeof node.$ref === "string" ? [node.$ref] : [];
  return [...own, ...Object.values(node).flatMap(references)];
}

describe("the AsyncAPI document", () => {
  test("has no reference into nothing", () => {
    const all = references(document);
    assert.ok(all.length > 50);
    for (const reference of all) assert.ok(reference.startsWith("#/") && resolve(reference), reference);
  });

  test("offers every type that an agent may send, on the bus and over HTTP, and no other", () => {
    const sent = eventSchemas.filter(({ producer }) => producer === "agent").map(({ type }) => type.slice("andon.".length));
    for (const channel of ["events", "httpEvents"]) {
      const offered = Object.keys(document["channels"]?.[channel]?.["messages"] ?? {}).filter(
        (name) => !["batch", "answer"].includes(name),
      );
      assert.deepEqual(offered.sort(), [...sent].sort());
    }
  });

  test("names the subjects and paths that the platform listens on", () => {
    const addresses = Object.values(document["channels"] ?? {}).map((channel) => channel["address"]);
    assert.deepEqual(addresses, ["andon.events.{agent}.{family}", null, "/api/v1/events", "/v1/logs", "/v1/metrics", "/v1/traces"]);
    assert.deepEqual(document["channels"]?.["events"]?.["parameters"]?.["family"]?.["enum"], ["session", "change"]);
  });
});
