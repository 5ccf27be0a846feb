import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { BundleError, type BundleFiles, digestOfFiles, packBundle, SIGNATURES, unpackBundle } from "./bundle.ts";
import { signBundle } from "./sign-bundle.ts";
import { type BundleKeys, verifyBundle } from "./verify-bundle.ts";

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
/** Made and signed by OPA 1.22.2's own `opa build -b --signing-alg … --signing-key …`. */
const NATIVE = { "signed-es256.tar.gz": "es.pub", "signed-eddsa.tar.gz": "ed.pub" };
const nativeKeys = (file: string): BundleKeys => new Map([["default", createPublicKey(fixture(file))]]);

const reasonOf = async (bundle: Uint8Array, keys: BundleKeys, scope?: string): Promise<string> => {
  const verdict = await verifyBundle(bundle, keys, scope);
  return verdict.kind === "refused" ? verdict.reason : "verified";
};

async function changed(bundle: Uint8Array, change: (files: Map<string, Uint8Array>) => void): Promise<Uint8Array> {
  const files = new Map(await unpackBundle(bundle));
  change(files);
  return packBundle(files);
}

describe("a bundle that OPA signed", () => {
  for (const [name, key] of Object.entries(NATIVE)) {
    test(`is verified: ${name}`, async () => {
      const verdict = await verifyBundle(fixture(name), nativeKeys(key));
      assert.equal(verdict.kind, "verified", JSON.stringify(verdict));
      assert.equal(verdict.bundle.keyId, "default");
      assert.deepEqual([...verdict.bundle.files.keys()].sort(), [
        ".manifest",
        SIGNATURES,
        "budget/budget.rego",
        "data.json",
        "lib/money.rego",
      ]);
    });

    test(`is refused after any change: ${name}`, async () => {
      const keys = nativeKeys(key);
      const file = fixture(name);
      const without = (path: string) => changed(file, (files) => files.delete(path));
      const replaced = (path: string, text: string) => changed(file, (files) => files.set(path, Buffer.from(text)));
      assert.equal(await reasonOf(await without("lib/money.rego"), keys), "lib/money.rego was signed and is missing");
      assert.equal(await reasonOf(await without(SIGNATURES), keys), `it is not signed: there is no ${SIGNATURES}`);
      assert.equal(await reasonOf(await replaced("lib/money.rego", "package lib.money"), keys), "lib/money.rego is not what was signed");
      assert.equal(await reasonOf(await replaced("extra.rego", "package extra"), keys), "extra.rego is not covered by its signature");
      assert.equal(await reasonOf(await replaced("policy.wasm", ""), keys), "policy.wasm is not covered by its signature");
      assert.equal(await reasonOf(await replaced("data.json", '{"budget": {}}'), keys), "data.json is not what was signed");
      assert.equal(await reasonOf(await replaced("data.json", "no JSON"), keys), "data.json is not JSON");
    });
  }

  test("may have its documents written otherwise, as OPA allows", async () => {
    const spaced = await changed(fixture("signed-es256.tar.gz"), (files) =>
      files.set("data.json", Buffer.from('{ "budget": {"limits": {"ünï": 1e3, "tiny": 1.50, "payments": 10}} }')),
    );
    assert.equal(await reasonOf(spaced, nativeKeys("es.pub")), "verified");
  });

  test("is refused with another key, under another name, and for another scope", async () => {
    const file = fixture("signed-es256.tar.gz");
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
    assert.match(await reasonOf(file, new Map([["default", other]])), /^its signature is wrong/);
    assert.match(await reasonOf(file, new Map([["release", createPublicKey(fixture("es.pub"))]])), /not known here: "default"$/);
    assert.match(await reasonOf(file, nativeKeys("ed.pub")), /another algorithm/);
    assert.match(await reasonOf(file, nativeKeys("es.pub"), "read"), /another scope/);
  });
});

for (const [name, pair] of Object.entries({
  Ed25519: generateKeyPairSync("ed25519"),
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
})) {
  describe(`a bundle signed here with ${name}`, () => {
    const keys = new Map([["release", pair.publicKey]]);

    test("is verified, and keeps its digest", async () => {
      const plain = fixture("native.tar.gz");
      const verdict = await verifyBundle(await signBundle(plain, { id: "release", key: pair.privateKey }), keys);
      assert.equal(verdict.kind, "verified", JSON.stringify(verdict));
      assert.equal(verdict.bundle.digest, digestOfFiles(await unpackBundle(plain)));
    });

    test("holds one signature, also after it was signed again", async () => {
      const once = await signBundle(fixture("signed-eddsa.tar.gz"), { id: "release", key: pair.privateKey });
      assert.equal(await reasonOf(once, keys), "verified");
      assert.match(await reasonOf(once, nativeKeys("ed.pub")), /not known here: "release"/);
    });
  });
}

describe("a forged signature is refused", () => {
  const pair = generateKeyPairSync("ed25519");
  const keys: BundleKeys = new Map([["release", pair.publicKey]]);
  const files: BundleFiles = new Map([["a.rego", Buffer.from("package a")]]);
  const claims = { files: [{ name: "a.rego", hash: "", algorithm: "SHA-256" }] };

  async function forged(header: object, content: object, key: KeyObject = pair.privateKey, more: object = {}): Promise<string> {
    const signed = [header, content].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const token = `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
    const document = JSON.stringify({ signatures: [token], ...more });
    return reasonOf(await packBundle(new Map([...files, [SIGNATURES, Buffer.from(document)]])), keys);
  }

  const cases: Record<string, [() => Promise<string>, RegExp]> = {
    "without a key's name": [() => forged({ alg: "EdDSA" }, claims), /does not name a key/],
    "with an empty key's name": [() => forged({ alg: "EdDSA", kid: "" }, claims), /does not name a key/],
    "with algorithm none": [() => forged({ alg: "none", kid: "release" }, claims), /another algorithm/],
    "with a symmetric algorithm": [() => forged({ alg: "HS256", kid: "release" }, claims), /another algorithm/],
    "with critical extensions": [() => forged({ alg: "EdDSA", kid: "release", crit: ["b64"] }, claims), /another algorithm/],
    "by somebody else": [() => forged({ alg: "EdDSA", kid: "release" }, claims, generateKeyPairSync("ed25519").privateKey), /is wrong/],
    "with a wrong digest": [() => forged({ alg: "EdDSA", kid: "release" }, claims), /a\.rego is not what was signed/],
    "with a weak digest": [
      () => forged({ alg: "EdDSA", kid: "release" }, { files: [{ name: "a.rego", hash: "00", algorithm: "MD5" }] }),
      /other than SHA-256/,
    ],
    "with a file listed twice": [
      () => forged({ alg: "EdDSA", kid: "release" }, { files: [...claims.files, ...claims.files] }),
      /lists a file twice/,
    ],
    "without files": [() => forged({ alg: "EdDSA", kid: "release" }, {}), /does not list files/],
    "for a scope that was not asked for": [() => forged({ alg: "EdDSA", kid: "release" }, { ...claims, scope: "write" }), /another scope/],
    "with a plugin": [() => forged({ alg: "EdDSA", kid: "release" }, claims, undefined, { plugin: "other" }), /needs a plugin/],
    twice: [() => forged({ alg: "EdDSA", kid: "release" }, claims, undefined, { signatures: ["a.b.c", "a.b.c"] }), /exactly one/],
    "in another form": [() => forged({ alg: "EdDSA", kid: "release" }, claims, undefined, { signatures: ["a.b"] }), /not a JWS/],
  };
  for (const [name, [attempt, reason]] of Object.entries(cases)) {
    test(name, async () => assert.match(await attempt(), reason));
  }
});

describe("bytes that are no bundle", () => {
  const tarOf = (...entries: Parameters<typeof packTar>[0]) => packTar(entries).then((tar) => gzipSync(tar));
  const refused = (bytes: Uint8Array | Promise<Uint8Array>, reason: RegExp) =>
    assert.rejects(
      async () => unpackBundle(await bytes),
      (error) => error instanceof BundleError && reason.test(error.message),
    );
  const file = (name: string, body = "x") => ({ header: { name, size: body.length }, body });

  test("are refused", async () => {
    await refused(Buffer.from("rubbish"), /not a gzip file/);
    await refused(gzipSync(Buffer.alloc(3_000, 7)), /not a tar archive/);
    await refused(gzipSync(Buffer.alloc(1_024)), /empty/);
    await refused(fixture("native.tar.gz").subarray(0, 20_000), /cut short/);
    await refused(gzipSync(gunzipSync(fixture("native.tar.gz")).subarray(0, 50_000)), /damaged/);
    await refused(tarOf(file("../up.rego")), /not a plain relative path/);
    await refused(tarOf(file("a\\b.rego")), /not a plain relative path/);
    await refused(tarOf(file("a.rego"), file("/a.rego")), /there twice/);
    await refused(tarOf({ header: { name: "link", size: 0, type: "symlink", linkname: "/etc/passwd" } }), /a symlink/);
  });

  test("are refused before they fill the memory", async () => {
    await refused(gzipSync(Buffer.alloc(65 * 1024 * 1024)), /larger than/);
  });
});
