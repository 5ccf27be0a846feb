import type { VendorSettings } from "../../schemas/api.ts";

interface HookSettingsFor {
  /** Where agents reach the platform, without a slash at the end. */
  readonly endpoint: string;
  readonly key: string;
}

/** The hook command as it is installed, for a shell that knows the user's home. */
const COMMAND = '"$HOME/.andon/andon-hook.sh"';
/** Longer than the command's own 8 seconds and the platform's 5: a vendor that stops waiting lets the tool run. */
const WAIT_S = 15;

/** What is asked about: every tool before it is used, and every prompt, which costs money. */
const EVENTS = {
  "claude-code": ["PreToolUse", "UserPromptSubmit"],
  codex: ["PreToolUse", "UserPromptSubmit"],
  "copilot-cli": ["preToolUse", "userPromptSubmitted"],
  "gemini-cli": ["BeforeTool", "BeforeAgent"],
} as const;

/**
 * What to paste so that an agent asks before it acts. HTTP where the vendor has it and no trap is in the way; where the
 * platform can be unreachable and the tool has to stay where it is, the command.
 */
export function hookSettings({ endpoint, key }: HookSettingsFor): VendorSettings[] {
  return [claudeCode(endpoint, key), claudeCodeByCommand(), codex(), copilot(endpoint, key), gemini(), install(endpoint, key)];
}

type Place = Pick<VendorSettings, "title" | "where"> & { readonly vendor: keyof typeof EVENTS };

const entry = (place: Place, value: unknown): VendorSettings => ({
  ...place,
  language: "json",
  text: `${JSON.stringify(value, null, 2)}\n`,
});

/** The hooks of a vendor by event. */
const byEvent = <Hook>(vendor: keyof typeof EVENTS, hook: (event: string) => Hook): Readonly<Record<string, Hook>> =>
  Object.fromEntries(EVENTS[vendor].map((event) => [event, hook(event)]));

const overHttp = (endpoint: string, key: string, vendor: string, event: string) => ({
  type: "http",
  url: `${endpoint}/api/v1/hooks/${vendor}?event=${event}`,
  headers: { Authorization: `Bearer ${key}` },
});

/** Open while the platform is unreachable: an HTTP hook of Claude Code that gets no answer lets the tool run. */
function claudeCode(endpoint: string, key: string): VendorSettings {
  const vendor = "claude-code";
  const hooks = byEvent(vendor, (event) => [{ hooks: [{ ...overHttp(endpoint, key, vendor, event), timeout: WAIT_S }] }]);
  return entry({ vendor, title: "Claude Code: ask before acting", where: "~/.claude/settings.json" }, { hooks });
}

function claudeCodeByCommand(): VendorSettings {
  const title = "Claude Code: the same by command, which denies while Andon is unreachable";
  const place = { vendor: "claude-code", title, where: "~/.claude/settings.json" } as const;
  return entry(place, { hooks: commands(place.vendor, { timeout: WAIT_S }) });
}

function codex(): VendorSettings {
  const title = "Codex CLI: ask before acting (Codex runs a hook once you trust it)";
  const place = { vendor: "codex", title, where: "~/.codex/hooks.json" } as const;
  return entry(place, { hooks: commands(place.vendor, { timeout: WAIT_S }) });
}

/** Its timeouts are milliseconds. */
function gemini(): VendorSettings {
  const place = { vendor: "gemini-cli", title: "Gemini CLI: ask before acting", where: "~/.gemini/settings.json" } as const;
  return entry(place, { hooksConfig: { enabled: true }, hooks: commands(place.vendor, { name: "andon", timeout: WAIT_S * 1000 }) });
}

/** The form that Claude Code, Codex and Gemini CLI share. */
const commands = (vendor: keyof typeof EVENTS, more: Readonly<Record<string, unknown>>) =>
  byEvent(vendor, (event) => [{ hooks: [{ type: "command", command: `${COMMAND} ${vendor} ${event}`, ...more }] }]);

/** It skips a hook over plain HTTP and says so in its log alone: there the command asks. */
function copilot(endpoint: string, key: string): VendorSettings {
  const vendor = "copilot-cli";
  const hook = (event: string) =>
    endpoint.startsWith("https://") ? overHttp(endpoint, key, vendor, event) : { type: "command", bash: `${COMMAND} ${vendor} ${event}` };
  const hooks = byEvent(vendor, (event) => [{ ...hook(event), timeoutSec: WAIT_S }]);
  return entry({ vendor, title: "GitHub Copilot CLI: ask before acting", where: "~/.copilot/hooks/andon.json" }, { version: 1, hooks });
}

/** The command that others name above. The key is in a file that only its owner reads. */
function install(endpoint: string, key: string): VendorSettings {
  const text = [
    'mkdir -p "$HOME/.andon"',
    `curl --fail --silent --show-error --output "$HOME/.andon/andon-hook.sh" ${quoted(`${endpoint}/api/v1/hooks/andon-hook.sh`)}`,
    'chmod 700 "$HOME/.andon" "$HOME/.andon/andon-hook.sh"',
    `(umask 077 && rm -f "$HOME/.andon/hook.conf" && cat >"$HOME/.andon/hook.conf" <<'END'`,
    `url=${endpoint}`,
    `key=${key}`,
    "END",
    ")",
  ];
  return {
    vendor: "hook",
    title: "Hook command, for agents whose hooks are commands",
    where: "shell",
    language: "shell",
    text: `${text.join("\n")}\n`,
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
