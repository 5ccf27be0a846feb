import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { hookVendors } from "../hooks/vendors.ts";
import { hookSettings } from "./hook-settings.ts";

const KEY = "andon_abcdefghijklmnop_0123456789-_A";
const HTTP = { endpoint: "http://127.0.0.1:4400", key: KEY };
const HTTPS = { endpoint: "https://andon.example", key: KEY };

interface Hook {
  readonly type: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly command?: string;
  readonly bash?: string;
  readonly timeout?: number;
  readonly timeoutSec?: number;
}

/** Every hook of a vendor: [event, hook]. */
function hooksOf(vendor: string, wanted: typeof HTTP): [string, Hook][] {
  return hookSettings(wanted)
    .filter((each) => each.vendor === vendor)
    .flatMap(({ text }) => Object.entries((JSON.parse(text) as { hooks: Record<string, (Hook & { hooks?: Hook[] })[]> }).hooks))
    .flatMap(([event, groups]) => groups.flatMap((group) => (group.hooks ?? [group]).map((hook): [string, Hook] => [event, hook])));
}

test("every vendor asks about its tools and prompts, at an address or with a command that names vendor and event", () => {
  for (const wanted of [HTTP, HTTPS]) {
    for (const [name, vendor] of hookVendors) {
      const hooks = hooksOf(name, wanted);
      assert.ok(
        hooks.some(([event]) => event === vendor.toolEvent),
        name,
      );
      for (const [event, hook] of hooks) {
        assert.ok(["tool", "prompt"].includes(vendor.abilities(event)?.about ?? ""), event);
        if (hook.type === "http") {
          assert.equal(hook.url, `${wanted.endpoint}/api/v1/hooks/${name}?event=${event}`);
          assert.deepEqual(hook.headers, { Authorization: `Bearer ${KEY}` });
        } else assert.equal(hook.command ?? hook.bash, `"$HOME/.andon/andon-hook.sh" ${name} ${event}`);
      }
    }
  }
});

test("over HTTP where the vendor takes it: Claude Code always, Copilot CLI with TLS alone", () => {
  const types = (name: string, wanted: typeof HTTP) => [...new Set(hooksOf(name, wanted).map(([, { type }]) => type))];
  assert.deepEqual(types("claude-code", HTTP), ["http", "command"]);
  assert.deepEqual([types("copilot-cli", HTTP), types("copilot-cli", HTTPS)], [["command"], ["http"]]);
  assert.deepEqual([types("codex", HTTPS), types("gemini-cli", HTTPS)], [["command"], ["command"]]);
});

test("vendors wait longer than the hook command does, each in its own unit", () => {
  const waits = [...hookVendors.keys()].map((name) => [...new Set(hooksOf(name, HTTP).map(([, hook]) => hook.timeout ?? hook.timeoutSec))]);
  assert.deepEqual(waits, [[15], [15], [15], [15_000]]);
});

test("the hook command is fetched and gets its key in a file that nobody else can read", () => {
  const home = mkdtempSync(join(tmpdir(), "andon-hook-"));
  try {
    const bin = join(home, "bin");
    mkdirSync(bin);
    // Stands for the platform: writes what it was asked for into the file it was told to write.
    writeFileSync(
      join(bin, "curl"),
      '#!/bin/sh\nwhile [ $# -gt 1 ]; do [ "$1" = --output ] && file=$2; shift; done\nprintf "%s" "$1" >"$file"\n',
    );
    chmodSync(join(bin, "curl"), 0o755);
    const [install] = hookSettings(HTTP).filter(({ vendor }) => vendor === "hook");
    const env = { PATH: `${bin}:${process.env["PATH"]}`, HOME: home };
    for (const shell of ["dash", "bash"]) execFileSync(shell, ["-c", install?.text ?? "exit 1"], { env });
    assert.equal(readFileSync(join(home, ".andon/andon-hook.sh"), "utf8"), "http://127.0.0.1:4400/api/v1/hooks/andon-hook.sh");
    assert.equal(readFileSync(join(home, ".andon/hook.conf"), "utf8"), `url=http://127.0.0.1:4400\nkey=${KEY}\n`);
    const modeOf = (file: string) => statSync(join(home, ".andon", file)).mode & 0o777;
    assert.deepEqual([modeOf(""), modeOf("andon-hook.sh"), modeOf("hook.conf")], [0o700, 0o700, 0o600]);
  } finally {
    rmSync(home, { recursive: true });
  }
});
