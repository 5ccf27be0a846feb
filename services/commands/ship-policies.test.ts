import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { policyTools } from "../wiring/policy-tools.ts";
import { SHIPPED, shippedBundle } from "./ship-policies.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const open = policyTools.bundleOpener(new Map([["own", publicKey]]));
const signed = async (bytes: Uint8Array) => policyTools.signBundle(bytes, { id: "own", key: privateKey });
const reasonOf = async (bytes: Uint8Array) => {
  const opened = await open(bytes);
  return opened.kind === "refused" ? opened.reason : "it was taken";
};

describe("the shipped policies", () => {
  test("are what the sources say", async () => {
    const [committed, made] = await Promise.all([readFile(SHIPPED), shippedBundle()]);
    const digest = async (bytes: Uint8Array) => policyTools.digestOfFiles(await policyTools.unpackBundle(bytes));
    assert.equal(await digest(committed), await digest(made), "run: npm run policies");
  });

  test("open with their settings and rules once they are signed", async () => {
    const opened = await open(await signed(await readFile(SHIPPED)));
    assert.ok(opened.kind === "bundle");
    const { bundle } = opened;
    assert.equal(bundle.signedBy, "own");
    const names = bundle.policies.map(({ policy }) => policy);
    for (const name of ["tool_calls", "models", "merge_gate", "line"]) assert.ok(names.includes(name), name);
    assert.ok(bundle.rules.some(({ policy, rule }) => policy === "tool_calls" && rule === "destructive_command"));
  });
});

describe("a bundle is refused", () => {
  test("without a signature, or with one of another key", async () => {
    const bytes = await readFile(SHIPPED);
    assert.match(await reasonOf(bytes), /not signed/);
    const other = generateKeyPairSync("ed25519").privateKey;
    assert.match(await reasonOf(await policyTools.signBundle(bytes, { id: "other", key: other })), /not known here/);
    assert.match(await reasonOf(await policyTools.signBundle(bytes, { id: "own", key: other })), /signature is wrong/);
    assert.match(await reasonOf(Buffer.from("rubbish")), /gzip/);
  });

  const declaration = { title: "T", help: "H.", type: "integer", tighten: "min", default: 1 };
  for (const [title, settings, reason] of [
    ["that are not JSON", "{", /bad\/settings\.json is not JSON/],
    ["of another policy", JSON.stringify({ policy: "other", title: "T", settings: {} }), /of another policy/],
    ["without a title", JSON.stringify({ policy: "bad", settings: {} }), /does not fit at \/title/],
    [
      "that tighten in no way there is",
      JSON.stringify({ policy: "bad", title: "T", settings: { s: { ...declaration, tighten: "or" } } }),
      /declares s wrongly: what is integer tightens by min or max/,
    ],
  ] as const) {
    test(`with settings ${title}`, async () => {
      const more = new Map([["bad/settings.json", Buffer.from(settings)]]);
      assert.match(await reasonOf(await signed(await policyTools.assembleBundle(await readFile(SHIPPED), more))), reason);
    });
  }
});
