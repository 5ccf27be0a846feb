import { addAgent, type Platform, platformOf, report } from "./platform.ts";
import { Recorder } from "./session-events.ts";

/**
 * Two weeks of a few teams' work, for looking at the screens and for pictures of them. The same every time it runs on an
 * empty platform.
 */
const TEAMS = [
  {
    name: "checkout-claude",
    team: "payments",
    feature: "checkout",
    vendor: "claude-code",
    provider: "anthropic",
    models: ["claude-opus-4-8", "claude-haiku-4-5"],
  },
  { name: "refunds-codex", team: "payments", vendor: "codex", provider: "openai", models: ["gpt-5-codex", "gpt-5-mini"] },
  {
    name: "ledger-copilot",
    team: "core-banking",
    feature: "ledger",
    vendor: "copilot-cli",
    provider: "anthropic",
    models: ["claude-sonnet-4-6"],
  },
  {
    name: "onboarding-gemini",
    team: "mobile",
    feature: "onboarding",
    vendor: "gemini-cli",
    provider: "google",
    models: ["gemini-2.5-pro", "gemini-2.5-flash"],
  },
  {
    name: "nightly-migrator",
    team: "platform",
    feature: "db-migration",
    vendor: "in-house",
    provider: "in-house",
    models: ["house-coder-70b"],
  },
] as const;
const REPOS = ["acme/checkout-api", "acme/ledger-core", "acme/mobile-app", "acme/risk-rules"];
const BRANCHES = ["main", "fix/rounding", "feat/pix-refund", "chore/deps"];
const KINDS = ["bug", "feature", "chore", undefined];
const TOOLS = ["Read", "Edit", "Bash", "Grep", "Write", "WebFetch"];
const DAYS = 14;
const SESSIONS = 120;

let state = 7;
/** A fixed sequence, so that two pictures of the same screen can be compared. */
const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
const between = (low: number, high: number): number => Math.floor(low + next() * (high - low + 1));
const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

export async function scenery(platform: Platform): Promise<void> {
  for (const { vendor, provider, models, ...agent } of TEAMS) {
    const made = await addAgent(platform, agent);
    const events: object[] = [];
    for (let count = 0; count < SESSIONS / TEAMS.length; count += 1)
      events.push(...session(`${agent.name}-${count}`, vendor, provider, models));
    for (let from = 0; from < events.length; from += 1000) await report(platform, made, events.slice(from, from + 1000));
  }
}

function session(id: string, vendor: string, provider: string, models: readonly string[]): object[] {
  const kind = pick(KINDS);
  const place = {
    session: id,
    vendor,
    ...(next() < 0.8 ? { repo: pick(REPOS), branch: pick(BRANCHES), ticket: `PAY-${between(100, 999)}` } : {}),
    ...(kind === undefined ? {} : { changekind: kind }),
  };
  const recorder = new Recorder(place, Date.now() - next() ** 1.4 * DAYS * 86_400_000 - 1_200_000).started(vendor);
  let calls = 0;
  for (let prompts = between(1, 4); prompts > 0; prompts -= 1) {
    recorder.wait(between(2000, 40_000)).prompt("x".repeat(between(40, 900)));
    let context = between(9000, 22_000);
    for (let steps = between(2, 8); steps > 0; steps -= 1) {
      const model = steps > 1 && next() < 0.2 ? (models.at(-1) ?? "") : (models[0] ?? "");
      const tokens = {
        input: between(4, 2600),
        cacheRead: calls > 0 ? context : 0,
        cacheWrite5m: provider === "anthropic" ? between(200, 6000) : 0,
        output: between(40, 1800),
      };
      context += tokens.input + tokens.output;
      recorder.call({ key: `call-${calls++}`, model, provider, tokens, durationMs: between(800, 14_000) });
      if (next() < 0.05) recorder.error("overloaded_error", 529);
      if (steps > 1) {
        const tool = pick(TOOLS);
        recorder.tool(tool, next() < 0.08 ? pick(["failed", "blocked"] as const) : "ok", between(12, 9000));
        if (tool === "Edit" || tool === "Write") recorder.file(tool === "Edit" ? "update" : "create", between(1, 80), between(0, 30));
      }
    }
    recorder.response("x".repeat(between(100, 3000)));
  }
  return next() < 0.85
    ? recorder.ended(pick(["completed", "completed", "completed", "completed", "failed", "interrupted"])).events
    : recorder.events;
}

if (import.meta.main) await scenery(platformOf(process.env));
