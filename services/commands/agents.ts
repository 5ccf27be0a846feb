import { randomBytes } from "node:crypto";
import type { AgentPage, AgentSecret } from "../../schemas/api.ts";
import { openAgentRegistry } from "../agents/registry.ts";
import type { AgentDesk } from "../api/deps.ts";
import type { Flags } from "../config.ts";
import { makeAgentDesk } from "../wiring/agent-desk.ts";
import { OPERATOR, onPlatform, type Stopped } from "./on-platform.ts";

type Print = (line: string) => void;
type Add = Flags & { readonly team: string; readonly feature?: string; readonly vendor?: string; readonly json?: boolean };

/** Registers an agent: through the running platform, or in the store itself while nothing runs. */
export async function add(name: string, flags: Add, print: Print): Promise<number> {
  const { team, feature, vendor } = flags;
  const agent = { name, team, ...(feature !== undefined && { feature }), ...(vendor !== undefined && { vendor }) };
  const secret = await onPlatform(flags, {
    running: (call) => call<AgentSecret>("POST", "/api/v1/agents", agent),
    stopped: async (open) => {
      const answer = await (await deskOf(open)).register(agent, OPERATOR, open.origin);
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
    stopped: async (open) => (await deskOf(open)).list({ limit: 10_000, cursor: null }),
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

/** The agents of a stopped platform: without a bus, and with nothing heard of them. */
async function deskOf({ store, stack }: Stopped): Promise<AgentDesk> {
  const registry = stack.use(await openAgentRegistry({ store, bus: null, now: Date.now, random: randomBytes, trouble: () => {} }));
  return makeAgentDesk({ registry, activity: async () => ({ byAgent: new Map(), asOf: null }) });
}

function show({ agent, key, nats, settings }: AgentSecret, print: Print): void {
  print(`Agent ${agent.name} (${agent.id}) reports for team ${agent.team}${agent.feature ? `, feature ${agent.feature}` : ""}.`);
  print(`\nIts key, shown this once:\n\n  ${key}\n`);
  for (const { title, where, text } of settings) print(`── ${title} ── ${where}\n\n${text}\n`);
  if (nats) print(`── NATS credentials file ── keep it like a key\n\n${nats.credentials}`);
  else print("NATS credentials are issued while Andon runs: add another key in the console, or run this command again then.");
}
