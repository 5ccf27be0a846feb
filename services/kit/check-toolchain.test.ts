import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { checkToolchain } from "./check-toolchain.ts";

const committed = join(import.meta.dirname, "..", "..", "policies", "toolchain");

/** A Go that gives the committed file back, or another one: what the comparison does is tried without waiting for a build. */
const fakeGo = (wasm: string): string => `#!/bin/sh
case "$*" in
  "env GOVERSION") sed -n 's/^toolchain //p' "$FOLDER/go.mod" ;;
  "env GOROOT") echo "$FOLDER/root" ;;
  build*) while [ "$1" != "-o" ]; do shift; done; printf '%s' '${wasm}' >"$2" ;;
esac
`;

describe("the check of the policy toolchain", () => {
  let root: string;
  let folder: string;
  let bin: string;
  let env: NodeJS.ProcessEnv;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "andon-check-toolchain-"));
    folder = join(root, "policies", "toolchain");
    bin = join(root, "bin");
    cpSync(committed, folder, { recursive: true });
    mkdirSync(join(folder, "root", "lib", "wasm"), { recursive: true });
    cpSync(join(committed, "wasm_exec.js"), join(folder, "root", "lib", "wasm", "wasm_exec.js"));
    mkdirSync(bin);
    env = { PATH: `${bin}:${process.env["PATH"]}`, FOLDER: folder };
  });
  after(() => rmSync(root, { recursive: true, force: true }));
  const go = (wasm: string): void => writeFileSync(join(bin, "go"), fakeGo(wasm), { mode: 0o755 });

  test("needs no Go to see that the sources fit", async () => {
    const { fault, line } = await checkToolchain(root, { PATH: "/nowhere" });
    assert.equal(fault, null);
    assert.match(line, /no Go here/);
  });

  test("finds that a rebuild gives other bytes", async () => {
    go("something else");
    assert.match((await checkToolchain(root, env)).fault ?? "", /a rebuild gives other bytes/);
  });

  test("is content with the same bytes, and remembers it", async () => {
    const record = JSON.parse(readFileSync(join(folder, "toolchain.json"), "utf8")) as { sources: string };
    // SHA-256 of the word "made".
    const wasm = "ea0890697a77af0a2e054cccec587c8a42feb5cf38e778c6c6e2a96bfb945c0b";
    writeFileSync(join(folder, "toolchain.json"), JSON.stringify({ ...record, wasm }));
    go("made");
    assert.match((await checkToolchain(root, env)).line, /gives the same bytes/);
    go("something else");
    assert.match((await checkToolchain(root, env)).line, /rebuilt here before/);
  });

  test("finds sources that were changed after the build", async () => {
    writeFileSync(join(folder, "builtins.txt"), "http.send\n");
    assert.match((await checkToolchain(root, env)).fault ?? "", /changed after it was built/);
  });
});
