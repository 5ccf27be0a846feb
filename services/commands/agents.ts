import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentPage, AgentSecret, Problem } from "../../schemas/api.ts";
import { openAgentRegistry } from "../agents/registry.ts";
import type { AgentDesk } from "../api/deps.ts";
import { type Config, type Flags, readConfig } from "../config.ts";
import type { Actor } from "../domain/envelope.ts";
import { openDataFolder, readRunning } from "../kit/data-folder.ts";
import { makeAgentDesk } from "../wiring/agent-desk.ts";
import { openStore } from "../wiring/engines.ts";

type Print = (line: string) => void;
type Add = Flags & { readonly team: string; readonly feature?: string; readonly vendor?: string; readonly json?: boolean };

const OPERATOR: Actor = { kind: "human", id: "administrator" };

/** Registers an agent: through the running platform, or in the store itself while nothing runs. */
export async function add(name: string, flags: Add, print: Print): Promise<number> {
  const { team, feature, vendor } = flags;
  const agent = { name, team, ...(feature !== undefined && { feature }), ...(vendor !== undefined && { vendor }) };
  const secret = await onPlatform(flags, {
    running: (call) => call<AgentSecret>("POST", "/api/v1/agents", agent),
    stopped: async (desk, origin) => {
      const answer = await desk.register(agent, OPERATOR, origin);
      if (answer.kind !== "ok") throw new Error(answer.reason);
      return answer.value;
    },
  });
  if (flags.json) print(JSON.stringify(secret, null, 2));
  else show(secret, print);
  return 0;
}

export async function list(flags: Flags & { readonly json?: boolean }, print: Print): Promise<number> {
  const { items } = await onPlatform(flags, {
    running: (call) => call<AgentPage>("GET", "/api/v1/agents?limit=200"),
    stopped: (desk) => desk.list({ limit: 10_000, cursor: null }),
  });
  if (flags.json) {
    print(JSON.stringify(items, null, 2));
    return 0;
  }
  if (items.length === 0) print("No agent is registered yet: ./andon agents add NAME --team TEAM");
  for (const { id, name, team, feature, lastHeardAt, keys } of items) {
    const live = keys.filter(({ revokedAt }) => revokedAt === null).length;
    print(
      `${name.padEnd(28)} ${id}  team ${team}${feature ? `, feature ${feature}` : ""}, ${live} keys, last heard ${lastHeardAt ?? "never"}`,
    );
  }
  return 0;
}

type Call = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

interface Ways<Answer> {
  readonly running: (call: Call) => Promise<Answer>;
  readonly stopped: (desk: AgentDesk, origin: string) => Promise<Answer>;
}

async function onPlatform<Answer>(flags: Flags, ways: Ways<Answer>): Promise<Answer> {
  const config = readConfig(process.env, flags);
  const running = await readRunning(config.data);
  return running ? ways.running(await callTo(config, running.url)) : whileStopped(config, ways.stopped);
}

async function callTo(config: Config, url: string): Promise<Call> {
  const token = (await readFile(join(config.data, "admin.token"), "utf8")).trim();
  return async <Answer>(method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(new URL(path, url), request).catch(() => {
      throw new Error(`Andon at ${url} does not answer. Is it still starting?`);
    });
    const answer = (await response.json()) as Answer & Problem;
    if (!response.ok) throw new Error([answer.detail ?? answer.title, answer.hint].filter(Boolean).join(" "));
    return answer;
  };
}

/** The store is locked by us meanwhile: a platform that starts in this moment is told so. */
async function whileStopped<Answer>(config: Config, work: Ways<Answer>["stopped"]): Promise<Answer> {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openStore({ config, folder: await openDataFolder(config.data) }));
  const registry = stack.use(await openAgentRegistry({ store, bus: null, now: Date.now, random: randomBytes, trouble: () => {} }));
  const activity = async () => ({ byAgent: new Map(), asOf: null });
  return work(makeAgentDesk({ registry, activity }), `http://${config.host}:${config.port}`);
}

function show({ agent, key, nats, settings }: AgentSecret, print: Print): void {
  print(`Agent ${agent.name} (${agent.id}) reports for team ${agent.team}${agent.feature ? `, feature ${agent.feature}` : ""}.`);
  print(`\nIts key, shown this once:\n\n  ${key}\n`);
  for (const { title, where, text } of settings) print(`── ${title} ── ${where}\n\n${text}\n`);
  if (nats) print(`── NATS credentials file ── keep it like a key\n\n${nats.credentials}`);
  else print("NATS credentials are issued while Andon runs: add another key in the console, or run this command again then.");
}
