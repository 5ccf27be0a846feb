import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { readEventData } from "../schemas/registry.ts";
import { SETTINGS } from "./config.ts";

const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

describe("README", () => {
  const readme = read("README.md");

  test("names every setting with the words of the code, and no other", () => {
    const table = [...readme.matchAll(/^\| `([A-Z_]+)` \| (.*) \|$/gm)].map(([, name, meaning]) => [name, meaning]);
    assert.deepEqual(table, Object.entries(SETTINGS));
  });

  test("names only commands that exist", () => {
    const help = execFileSync(process.execPath, [join(root, "services", "main.ts"), "--help"], { encoding: "utf8" });
    const commands = new Set([...help.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name));
    const named = [...readme.matchAll(/\.\/andon ([a-z-]+)/g)].map(([, name]) => name as string);
    assert.ok(named.length >= 6);
    for (const name of named) assert.ok(commands.has(name), `./andon ${name}`);
  });

  test("links to files that exist", () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target as string).filter((target) => !target.includes("://"));
    for (const link of links) assert.ok(existsSync(join(root, link)), link);
  });

  test("shows a first event that is taken as it stands", () => {
    const [, json] = /-d '(\{.*?\})'/s.exec(readme) ?? [];
    const event = JSON.parse(json ?? "") as { type: string; data: unknown };
    const read = readEventData(event.type, event.data);
    assert.equal(read.kind, "ok", JSON.stringify(read));
  });
});

describe("compose.yaml", () => {
  interface Service {
    command?: string[];
    environment?: Record<string, string>;
    healthcheck?: object;
    image?: string;
    ports?: string[];
  }
  const file = parse(read("compose.yaml"), { merge: true }) as { services: Record<string, Service>; volumes: Record<string, unknown> };
  const services = Object.entries(file.services);

  test("sets only settings that exist", () => {
    for (const [name, { environment, image }] of services) {
      if (image !== "andon:local") continue;
      for (const key of Object.keys(environment ?? {})) assert.ok(key in SETTINGS, `${name}: ${key}`);
    }
  });

  test("runs each role once, against all three servers", () => {
    const roles = services
      .map(([, { command }]) => command)
      .filter((command) => command?.[0] === "serve")
      .map((command) => command?.[1]);
    assert.deepEqual(roles.sort(), ["api", "ingester", "projector"]);
    const api = file.services["api"]?.environment ?? {};
    for (const key of ["NATS_URL", "EVENTSTORE_URL", "CLICKHOUSE_URL"]) assert.ok(api[key], key);
  });

  test("has no password of its own, publishes one port, and waits for healthy servers", () => {
    const text = read("compose.yaml");
    for (const [, value] of text.matchAll(/PASSWORD: (.*)$/gm)) assert.match(value as string, /^\$\{[A-Z_]+:\?/);
    assert.deepEqual(
      services.filter(([, { ports }]) => ports).map(([name]) => name),
      ["api"],
    );
    for (const server of ["nats", "eventstore", "clickhouse"]) assert.ok(file.services[server]?.healthcheck, server);
  });
});
