/** Talks to a running platform the way anybody can: over its API, with the administrator's token and agents' keys. */
export interface Platform {
  readonly url: string;
  readonly token: string;
}

export interface SeededAgent {
  readonly id: string;
  readonly name: string;
  readonly key: string;
}

/** Where the platform runs, from the environment. */
export function platformOf(env: Readonly<Record<string, string | undefined>>): Platform {
  const url = env["ANDON_URL"] ?? "http://127.0.0.1:4400";
  const token = env["ANDON_TOKEN"];
  if (!token) throw new Error("Set ANDON_TOKEN to the administrator's token (DIR/admin.token) and ANDON_URL to where the platform runs.");
  return { url, token };
}

async function send(url: string, method: string, bearer: string, body: unknown, type = "application/json"): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${bearer}`, "content-type": type, accept: "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname} answered ${response.status}: ${text}`);
  return text ? JSON.parse(text) : null;
}

export const get = (platform: Platform, path: string): Promise<unknown> => send(`${platform.url}${path}`, "GET", platform.token, undefined);

export const post = (platform: Platform, path: string, bearer: string, body: unknown): Promise<unknown> =>
  send(`${platform.url}${path}`, "POST", bearer, body);

export const addPerson = (platform: Platform, person: { name: string; roles: readonly string[]; teams: readonly string[] }) =>
  post(platform, "/api/v1/people", platform.token, person) as Promise<{ person: { id: string; name: string }; token: string }>;

export async function addAgent(platform: Platform, agent: { name: string; team: string; feature?: string }): Promise<SeededAgent> {
  const made = (await send(`${platform.url}/api/v1/agents`, "POST", platform.token, agent)) as { agent: { id: string }; key: string };
  return { id: made.agent.id, name: agent.name, key: made.key };
}

export const publishPrices = (platform: Platform, rows: readonly object[]): Promise<unknown> =>
  send(`${platform.url}/api/v1/prices`, "POST", platform.token, { rows, reason: "prices of the console's own tests" });

/** Sends events with an agent's key and waits until they are stored. */
export const report = (platform: Platform, agent: SeededAgent, events: readonly object[]): Promise<unknown> =>
  send(`${platform.url}/api/v1/events?wait=stored`, "POST", agent.key, events, "application/cloudevents-batch+json");

/** Asks until the answer is as it should be: what is stored shows up on the screens a moment later. */
export async function until<T>(ask: () => Promise<T>, right: (answer: T) => boolean, what: string): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await ask();
    if (right(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`waited 20 seconds in vain for ${what}`);
}
