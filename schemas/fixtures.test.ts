import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Compile } from "typebox/compile";
import Schema from "typebox/schema";
import { type EventSchema, IncomingEnvelope } from "./event.ts";
import { faultOf } from "./fault.ts";
import { jsonDocuments, jsonText } from "./json-documents.ts";
import { eventSchemas, readEventData } from "./registry.ts";

interface Event extends Record<string, unknown> {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

function fixtures<T>(folder: string): readonly (readonly [string, T])[] {
  const path = join(import.meta.dirname, "fixtures", folder);
  const names = readdirSync(path).sort();
  return names.map((name) => [name.replace(".json", ""), JSON.parse(readFileSync(join(path, name), "utf8")) as T]);
}

const envelope = Compile(IncomingEnvelope);
const byType = new Map(eventSchemas.map((schema) => [schema.type, schema]));
const producerOf = (type: string): EventSchema["producer"] | undefined => byType.get(type)?.producer;

describe("valid events", () => {
  const valid = fixtures<Event>("valid");

  test("there is one for every type and version, named after it", () => {
    assert.deepEqual(
      valid.map(([name]) => `andon.${name}`),
      [...byType.keys()].sort(),
    );
    for (const [name, event] of valid) assert.equal(event.type, `andon.${name}`);
  });

  for (const [name, event] of valid) {
    test(name, () => {
      if (producerOf(event.type) === "agent") assert.deepEqual([...envelope.Errors(event)], []);
      const read = readEventData(event.type, event.data);
      assert.equal(read.kind, "ok", "message" in read ? `${read.at} ${read.message}` : "");
      if (read.kind === "ok" && read.schema.type === event.type) assert.deepEqual(read.data, event.data);
    });
  }

  test("use every field of their type, so that a field cannot change its meaning unseen", () => {
    // A cumulative counter has two fields that a call has not.
    const elsewhere = new Set(["temporality", "since", "route", "serviceTier", "region"]);
    for (const [name, { type, data }] of valid) {
      const missing = Object.keys(byType.get(type)?.data.properties ?? {}).filter((field) => !(field in data));
      const unused = missing.filter((field) => !name.startsWith("session.usage") || !elsewhere.has(field));
      const optional = unused.filter((field) => !["promptId", "subagentId", "reason", "parentId"].includes(field));
      assert.deepEqual(optional, [], name);
    }
  });
});

describe("invalid events", () => {
  const invalid = fixtures<{ reason: string; kind: string; at: string; event: Event }>("invalid");

  for (const [name, { reason, kind, at, event }] of invalid) {
    test(`${name}: ${reason}`, () => {
      const platform = producerOf(event.type) === "platform";
      if (!platform && !envelope.Check(event)) {
        assert.equal(kind, "not_cloudevent");
        assert.equal([...envelope.Errors(event)][0]?.instancePath, at);
        return;
      }
      const read = readEventData(event.type, event.data);
      assert.deepEqual("at" in read ? [read.kind, read.at] : [read.kind], [kind, at]);
      for (const text of textsOf(event.data)) assert.ok(!JSON.stringify(read).includes(text), `the answer quotes ${text}`);
    });
  }
});

describe("events of the past", () => {
  for (const [name, { given, expected }] of fixtures<{ given: Event; expected: Event }>("past")) {
    test(`${name} is lifted to what was written by hand`, () => {
      const read = readEventData(given.type, given.data);
      assert.ok(read.kind === "ok");
      assert.deepEqual([read.schema.type, read.data], [expected.type, expected.data]);
    });
  }

  test("every older version has an upcaster to a newer one, and a fixture", () => {
    const older = eventSchemas.filter(({ name, version }) => eventSchemas.some((other) => other.name === name && other.version > version));
    assert.ok(older.length > 0);
    const kept = new Set(fixtures<{ given: Event }>("past").map(([, { given }]) => given.type));
    for (const { type } of older) assert.ok(kept.has(type), type);
  });
});

describe("the JSON Schemas that are committed", () => {
  const folder = join(import.meta.dirname, "json");
  const committed = (name: string): string => readFileSync(join(folder, name), "utf8");

  test("are what the code says", () => {
    const documents = jsonDocuments();
    assert.deepEqual(readdirSync(folder).sort(), [...documents.keys()].sort());
    for (const [name, document] of documents) assert.equal(committed(name), jsonText(document), `${name}: run \`npm run schemas\``);
  });

  test("accept the valid events and refuse the invalid ones as the code does", () => {
    let compared = 0;
    const schemaOf = ({ type }: Event) => Schema.Compile(JSON.parse(committed(`${type.slice("andon.".length)}.json`)) as object);
    for (const [, event] of fixtures<Event>("valid")) {
      assert.ok(schemaOf(event).Check(event.data), event.type);
      compared += 1;
    }
    for (const [name, { event, kind }] of fixtures<{ event: Event; kind: string }>("invalid")) {
      if (kind !== "invalid_data") continue;
      // Content may still have its text on the way in: that is what the committed schema is for.
      const expected = name === "content-with-text-left";
      assert.equal(schemaOf(event).Check(event.data), expected, name);
      compared += 1;
    }
    assert.ok(compared > 60);
  });

  test("are closed at every level", () => {
    for (const { type, data } of eventSchemas) {
      assert.deepEqual(openObjects(data as unknown as Node), [], type);
    }
  });

  test("bound every text and every list", () => {
    for (const { type, data } of eventSchemas) {
      assert.deepEqual(unbounded(data as unknown as Node), [], type);
    }
  });
});

test("an empty list of errors still gives an answer", () => {
  assert.deepEqual(faultOf([]), { at: "", message: "does not match the schema" });
});

interface Node extends Record<string, unknown> {
  readonly type?: string;
  readonly properties?: Record<string, Node>;
  readonly patternProperties?: Record<string, Node>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

function* walk(node: Node, path = ""): Generator<readonly [string, Node]> {
  yield [path, node];
  for (const [name, child] of Object.entries({ ...node.properties, ...node.patternProperties })) yield* walk(child, `${path}/${name}`);
  if (node.items) yield* walk(node.items, `${path}/*`);
  for (const child of node.anyOf ?? []) yield* walk(child, path);
}

const openObjects = (schema: Node): string[] =>
  [...walk(schema)]
    .filter(([, { type, additionalProperties }]) => type === "object" && additionalProperties !== false)
    .map(([path]) => path);

function unbounded(schema: Node): string[] {
  const open = [...walk(schema)].filter(([, node]) => {
    if (node["const"] !== undefined) return false;
    if (node.type === "string") return node["maxLength"] === undefined && !isBounded(String(node["pattern"] ?? "+"));
    if (node.type === "array") return node["maxItems"] === undefined;
    if (node.type === "integer" || node.type === "number") return node["maximum"] === undefined;
    return false;
  });
  return open.map(([path]) => path);
}

/** A pattern over the whole text, without a repetition that has no end. */
const isBounded = (pattern: string): boolean => /^\^.*\$$/.test(pattern) && !/[^\\][*+]|,\}/.test(pattern);

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.length > 4 ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(name.includes("@") ? [name] : []), ...textsOf(inner)]);
}
