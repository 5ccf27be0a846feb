import type { VendorSettings } from "../../schemas/api.ts";
import { hookSettings } from "./hook-settings.ts";

export interface SettingsFor {
  /** Where agents reach the platform: `http://127.0.0.1:4400`. */
  readonly endpoint: string;
  /** The agent's key, or a placeholder. */
  readonly key: string;
  readonly team: string;
  readonly feature?: string | null | undefined;
  /** As the bus issued it; null: no settings for NATS. */
  readonly nats?: NatsAccess | null | undefined;
}

interface NatsAccess {
  readonly credentials: string;
  readonly servers: readonly string[];
  /** Subject with `<family>` at its end. */
  readonly publish: string;
  readonly inboxPrefix: string;
}

/**
 * What to paste so that an agent reports. Whatever would send prompts, tool input or output is left off: it is switched on
 * by whoever decides about content, not by a default.
 */
export function vendorSettings(wanted: SettingsFor): VendorSettings[] {
  const endpoint = wanted.endpoint.replace(/\/+$/, "");
  const otlp = otlpVariables({ ...wanted, endpoint });
  return [
    claudeCode(otlp),
    codex({ ...wanted, endpoint }),
    copilot(otlp),
    ...gemini(endpoint, otlp),
    anyOtlp(otlp),
    ...hookSettings({ ...wanted, endpoint }),
    ...(wanted.nats ? [nats(wanted.nats)] : []),
    cloudEvents({ ...wanted, endpoint }),
  ];
}

type Variables = Readonly<Record<string, string>>;

/** The variables that OpenTelemetry defines. Values of headers and attributes are percent-encoded, as its specification wants. */
function otlpVariables({ endpoint, key, team, feature }: SettingsFor): Variables {
  const attributes = [`team.id=${encodeURIComponent(team)}`, ...(feature ? [`feature=${encodeURIComponent(feature)}`] : [])];
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${encodeURIComponent(key)}`,
    OTEL_RESOURCE_ATTRIBUTES: attributes.join(","),
  };
}

function claudeCode(otlp: Variables): VendorSettings {
  const env = { CLAUDE_CODE_ENABLE_TELEMETRY: "1", OTEL_METRICS_EXPORTER: "otlp", OTEL_LOGS_EXPORTER: "otlp", ...otlp };
  return { vendor: "claude-code", title: "Claude Code", where: "~/.claude/settings.json", language: "json", text: json({ env }) };
}

/** Codex uses each endpoint as it is given, so every signal names its own path. Its headers are sent as they are written. */
function codex({ endpoint, key, feature }: SettingsFor): VendorSettings {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(feature && { "x-andon-feature": encodeURIComponent(feature) }),
  };
  const exporter = (signal: string) =>
    `{ otlp-http = { endpoint = ${toml(`${endpoint}/v1/${signal}`)}, protocol = "binary", headers = ${tomlTable(headers)} } }`;
  const lines = ["[otel]", "log_user_prompt = false", `exporter = ${exporter("logs")}`, `metrics_exporter = ${exporter("metrics")}`];
  return { vendor: "codex", title: "Codex CLI", where: "~/.codex/config.toml", language: "toml", text: `${lines.join("\n")}\n` };
}

function copilot(otlp: Variables): VendorSettings {
  return { vendor: "copilot-cli", title: "GitHub Copilot CLI", where: "shell", language: "shell", text: exports(otlp) };
}

/** Its file has no place for headers, so the key comes from the environment. */
function gemini(endpoint: string, { OTEL_EXPORTER_OTLP_HEADERS, OTEL_RESOURCE_ATTRIBUTES }: Variables): VendorSettings[] {
  const telemetry = { enabled: true, target: "local", otlpEndpoint: endpoint, otlpProtocol: "http", logPrompts: false };
  const variables = { OTEL_EXPORTER_OTLP_HEADERS, OTEL_RESOURCE_ATTRIBUTES } as Variables;
  const vendor = "gemini-cli";
  return [
    { vendor, title: "Gemini CLI: settings", where: "~/.gemini/settings.json", language: "json", text: json({ telemetry }) },
    { vendor, title: "Gemini CLI: key", where: "shell", language: "shell", text: exports(variables) },
  ];
}

function anyOtlp(otlp: Variables): VendorSettings {
  return { vendor: "otlp", title: "Anything with OpenTelemetry", where: "shell", language: "shell", text: exports(otlp) };
}

function nats({ credentials, servers, publish, inboxPrefix }: NatsAccess): VendorSettings {
  const command = [
    "nats",
    ...["--server", servers.join(",")],
    ...["--creds", "andon.creds"],
    ...["--inbox-prefix", inboxPrefix],
    ...["request", publish.replace("<family>", "session"), JSON.stringify(SAMPLE)],
  ];
  const text = `(umask 077 && cat >andon.creds <<'END'\n${credentials.trimEnd()}\nEND\n)\n${command.map(shell).join(" ")}\n`;
  return { vendor: "nats", title: "NATS", where: "shell", language: "shell", text };
}

function cloudEvents({ endpoint, key, feature }: SettingsFor): VendorSettings {
  const event = feature ? { ...SAMPLE, feature } : SAMPLE;
  const command = [
    "curl",
    ...["--fail-with-body", "--request", "POST", `${endpoint}/api/v1/events`],
    ...["--header", `Authorization: Bearer ${key}`],
    ...["--header", "Content-Type: application/cloudevents+json"],
    ...["--data", JSON.stringify(event)],
  ];
  return {
    vendor: "cloudevents",
    title: "Anything that speaks HTTP",
    where: "shell",
    language: "shell",
    text: `${command.map(shell).join(" ")}\n`,
  };
}

/** One model call, as a home-made agent would report it. */
const SAMPLE = {
  specversion: "1.0",
  id: "first-event",
  source: "my-agent",
  type: "andon.session.usage.recorded.v2",
  data: {
    sessionId: "first-session",
    kind: "request",
    key: "call-1",
    via: { signal: "event", name: "my-agent", rank: 9 },
    provider: "anthropic",
    model: "claude-sonnet-4-5",
    convention: "disjoint",
    quality: "exact",
    tokens: { input: 1200, cacheRead: 8000, output: 350 },
  },
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const exports = (variables: Variables): string =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}=${shell(value)}\n`)
    .join("");

/** Between single quotes a shell leaves everything as it is, except the quote itself. */
const shell = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** TOML's basic strings take JSON's escapes and want one more. */
const toml = (text: string): string => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

const tomlTable = (entries: Variables): string =>
  `{ ${Object.entries(entries)
    .map(([name, value]) => `${toml(name)} = ${toml(value)}`)
    .join(", ")} }`;
