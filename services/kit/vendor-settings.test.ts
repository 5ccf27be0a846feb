import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "smol-toml";
import { checkEvent } from "../domain/check-event.ts";
import { type SettingsFor, vendorSettings } from "./vendor-settings.ts";

const KEY = "andon_abcdefghijklmnop_0123456789012345678901234567890123456789-_A";
const PLAIN: SettingsFor = { endpoint: "http://127.0.0.1:4400/", key: KEY, team: "payments", feature: "checkout" };
/** Everything that could end a string, a line or a variable in one of the formats. */
const ODD: SettingsFor = { ...PLAIN, key: `a'b"c\\d$e\`f g=h,i%j;k\u007f`, team: `Équipe "B", 'C'`, feature: `$(echo x) = \\ 50%, "y"` };

/** Of the settings for telemetry, the one of a vendor. */
function only(vendor: string, wanted: SettingsFor, where?: string) {
  const telemetry = vendorSettings(wanted).filter(({ text }) => !text.includes("hooks"));
  const found = telemetry.filter((each) => each.vendor === vendor && (where === undefined || each.where === where));
  assert.equal(found.length, 1, `${vendor}: ${found.length}`);
  return found[0] as (typeof found)[0];
}

/** What a program sees in its environment after a shell has read the text. */
function environment(text: string): Record<string, string> {
  const output = execFileSync("sh", ["-c", `${text}\nenv -0`], { env: { PATH: process.env["PATH"] ?? "" } }).toString("utf8");
  const pairs = output.split("\0").filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/** The arguments that a command gets after a shell has read the text. */
function argumentsOf(command: string, text: string, cwd = tmpdir()): string[] {
  const script = `${command}() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${text}`;
  return execFileSync("sh", ["-c", script], { cwd }).toString("utf8").split("\0").slice(0, -1);
}

/** As OpenTelemetry's specification reads a list of pairs: split at commas and the first `=`, percent-decode. */
function pairsIn(list = ""): Record<string, string> {
  return Object.fromEntries(
    list.split(",").map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name.trim(), decodeURIComponent(value.join("=").trim())];
    }),
  );
}

function checkOtlp(variables: Record<string, string>, { key, team, feature }: SettingsFor): void {
  assert.equal(variables["OTEL_EXPORTER_OTLP_ENDPOINT"], "http://127.0.0.1:4400");
  assert.equal(variables["OTEL_EXPORTER_OTLP_PROTOCOL"], "http/protobuf");
  assert.deepEqual(pairsIn(variables["OTEL_EXPORTER_OTLP_HEADERS"]), { Authorization: `Bearer ${key}` });
  assert.deepEqual(pairsIn(variables["OTEL_RESOURCE_ATTRIBUTES"]), { "team.id": team, feature });
}

for (const [name, wanted] of Object.entries({ plain: PLAIN, odd: ODD })) {
  describe(`settings with ${name} values`, () => {
    test("Claude Code", () => {
      const { where, text } = only("claude-code", wanted);
      assert.equal(where, "~/.claude/settings.json");
      const { env } = JSON.parse(text) as { env: Record<string, string> };
      assert.equal(env["CLAUDE_CODE_ENABLE_TELEMETRY"], "1");
      assert.equal(env["OTEL_METRICS_EXPORTER"], "otlp");
      assert.equal(env["OTEL_LOGS_EXPORTER"], "otlp");
      checkOtlp(env, wanted);
    });

    test("Codex CLI", () => {
      const { where, text } = only("codex", wanted);
      assert.equal(where, "~/.codex/config.toml");
      const { otel } = JSON.parse(JSON.stringify(parse(text))) as { otel: Record<string, { "otlp-http": Record<string, unknown> }> };
      for (const [exporter, path] of [
        ["exporter", "/v1/logs"],
        ["metrics_exporter", "/v1/metrics"],
      ] as const) {
        assert.deepEqual(otel[exporter]?.["otlp-http"], {
          endpoint: `http://127.0.0.1:4400${path}`,
          protocol: "binary",
          headers: { authorization: `Bearer ${wanted.key}`, "x-andon-feature": encodeURIComponent(wanted.feature ?? "") },
        });
      }
      assert.equal((otel as Record<string, unknown>)["log_user_prompt"], false);
    });

    test("Copilot CLI", () => checkOtlp(environment(only("copilot-cli", wanted).text), wanted));

    test("anything with OpenTelemetry", () => checkOtlp(environment(only("otlp", wanted).text), wanted));

    test("Gemini CLI", () => {
      assert.deepEqual(JSON.parse(only("gemini-cli", wanted, "~/.gemini/settings.json").text), {
        telemetry: { enabled: true, target: "local", otlpEndpoint: "http://127.0.0.1:4400", otlpProtocol: "http", logPrompts: false },
      });
      const variables = environment(only("gemini-cli", wanted, "shell").text);
      assert.deepEqual(pairsIn(variables["OTEL_EXPORTER_OTLP_HEADERS"]), { Authorization: `Bearer ${wanted.key}` });
      assert.deepEqual(pairsIn(variables["OTEL_RESOURCE_ATTRIBUTES"]), { "team.id": wanted.team, feature: wanted.feature });
    });

    test("curl sends an event that the platform takes", () => {
      const args = argumentsOf("curl", only("cloudevents", wanted).text);
      assert.ok(args.includes("http://127.0.0.1:4400/api/v1/events"));
      assert.ok(args.includes(`Authorization: Bearer ${wanted.key}`));
      const event = JSON.parse(args[args.indexOf("--data") + 1] ?? "") as { feature: string };
      assert.equal(event.feature, wanted.feature);
      assert.equal(checkEvent(event, "agt_a", Date.parse("2026-11-21T00:00:00Z")).kind, "ok");
    });
  });
}

test("NATS: a private credentials file and one request", () => {
  const folder = mkdtempSync(join(tmpdir(), "andon-settings-"));
  try {
    const credentials = "-----BEGIN NATS USER JWT-----\n$x `y` 'z'\n------END NATS USER JWT------\n";
    const nats = {
      credentials,
      servers: ["nats://a:4222", "nats://b:4222"],
      publish: "andon.events.agt_a.<family>",
      inboxPrefix: "_INBOX_agt_a",
    };
    const args = argumentsOf("nats", only("nats", { ...PLAIN, nats }).text, folder);
    const file = join(folder, "andon.creds");
    assert.equal(readFileSync(file, "utf8"), credentials);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(args.slice(0, 8), [
      "--server",
      "nats://a:4222,nats://b:4222",
      "--creds",
      "andon.creds",
      "--inbox-prefix",
      "_INBOX_agt_a",
      "request",
      "andon.events.agt_a.session",
    ]);
    assert.equal(checkEvent(JSON.parse(args[8] ?? ""), "agt_a", Date.parse("2026-11-21T00:00:00Z")).kind, "ok");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("without a feature and a bus nothing speaks of them", () => {
  const { feature: _, ...bare } = PLAIN;
  const settings = vendorSettings(bare);
  assert.ok(settings.every(({ text }) => !text.includes("feature")));
  assert.ok(settings.every(({ vendor }) => vendor !== "nats"));
});

test("nothing switches content on", () => {
  const all = vendorSettings(PLAIN)
    .map(({ text }) => text)
    .join("\n");
  for (const name of [
    "OTEL_LOG_USER_PROMPTS",
    "OTEL_LOG_TOOL",
    "OTEL_LOG_RAW",
    "CAPTURE_MESSAGE_CONTENT",
    '"logPrompts": true',
    "log_user_prompt = true",
  ]) {
    assert.ok(!all.includes(name), name);
  }
});
