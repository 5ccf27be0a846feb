import { randomBytes } from "node:crypto";
import type { PriceRow } from "../schemas/price.ts";
import { stableId } from "../services/domain/ids.ts";

/** Events of about 1 KB as agents send them: prompts, tool calls with content, usage reports. Random ids, ordered by time. */
export function agentEvents(count: number, first: number): Record<string, unknown>[] {
  const start = Date.parse("2026-11-20T00:00:00Z");
  return Array.from({ length: count }, (_, nth) => {
    const n = first + nth;
    const timeMs = start + n * 20;
    const sessionId = `bench-session-${Math.floor(n / 2_000)}-${n % 20}`;
    const common = {
      specversion: "1.0",
      id: stableId(timeMs, "bench", String(n)),
      source: "bench",
      time: new Date(timeMs).toISOString(),
      vendor: "bench",
      feature: `feature-${n % 12}`,
      repo: `shop/service-${n % 30}`,
      branch: "main",
    };
    if (n % 5 === 0) {
      return {
        ...common,
        type: "andon.session.usage.recorded.v2",
        data: {
          sessionId,
          promptId: `prompt-${Math.floor(n / 50)}`,
          kind: "request",
          key: `call-${n}`,
          via: { signal: "event", name: "bench", rank: 9 },
          provider: "anthropic",
          model: n % 3 === 0 ? "claude-haiku-5-5" : "claude-opus-5-5",
          promptTokens: 20_000 + (n % 1_000),
          convention: "disjoint",
          quality: "exact",
          tokens: { input: n % 97, cacheRead: 19_000 + (n % 311), cacheWrite5m: 500 + (n % 13), output: 100 + (n % 71) },
          reportedCost: `0.0${n % 10}`,
          requestId: `req_${randomBytes(180).toString("base64url").slice(0, 230)}`,
          ttftMs: 300 + (n % 200),
          durationMs: 1_200 + (n % 900),
        },
      };
    }
    const text = randomBytes(n % 5 < 3 ? 400 : 0).toString("base64");
    return {
      ...common,
      type: "andon.session.tool.called.v1",
      data: {
        sessionId,
        promptId: `prompt-${Math.floor(n / 50)}`,
        tool: ["Read", "Bash", "Edit", "Grep"][n % 4],
        callId: `toolu_${randomBytes(n % 5 < 3 ? 18 : 180)
          .toString("base64url")
          .slice(0, 240)}`,
        ...(n % 5 < 3 ? {} : { mcpServer: randomBytes(180).toString("base64url") }),
        outcome: n % 11 === 0 ? "failed" : "ok",
        durationMs: n % 5_000,
        inputBytes: n % 4_000,
        outputBytes: n % 9_000,
        ...(text !== "" && { content: [{ kind: "tool_output", text }] }),
      },
    };
  });
}

const listed = (model: string, meter: PriceRow["meter"], usdPerMillion: string): PriceRow => ({
  priceId: `bench/${model}/${meter}`,
  provider: "anthropic",
  route: "*",
  model,
  meter,
  serviceTier: "standard",
  region: "*",
  usdPerMillion,
  from: "2026-01-01T00:00:00Z",
  to: null,
  kind: "list",
  seen: { uri: "https://example.com/bench", on: "2026-11-21" },
});

export const PRICES: readonly PriceRow[] = [
  listed("claude-opus-5-5", "input", "4"),
  listed("claude-opus-5-5", "cacheRead", "0.2"),
  listed("claude-opus-5-5", "cacheWrite5m", "5"),
  listed("claude-opus-5-5", "output", "20"),
  listed("claude-haiku-5-5", "input", "0.1"),
  listed("claude-haiku-5-5", "cacheRead", "0.01"),
  listed("claude-haiku-5-5", "cacheWrite5m", "0.125"),
  listed("claude-haiku-5-5", "output", "0.5"),
];
