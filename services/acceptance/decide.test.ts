import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import type { AgentSecret, DecisionDetail, DecisionPage, DecisionReplay, Health } from "../../schemas/api.ts";
import type { DecisionAnswer } from "../../schemas/decision.ts";
import { type Andon, eventually, startAndon } from "../testing/start-andon.ts";

let andon: Andon;
let secret: AgentSecret;
let nats: NatsConnection;

before(async () => {
  andon = await startAndon();
  secret = JSON.parse(await andon.cli("agents", "add", "my-agent", "--team", "payments", "--json")) as AgentSecret;
  const { credentials = "", servers = [], inboxPrefix = "" } = secret.nats ?? {};
  nats = await connect({ servers, inboxPrefix, authenticator: credsAuthenticator(Buffer.from(credentials)) });
});
after(async () => {
  await nats.close();
  await andon[Symbol.asyncDispose]();
});

const bash = (command: string, more: object = {}) => ({
  action: "tool.call",
  resource: { tool: "Bash", class: "execute", command },
  context: { workspace: "/home/ana/pay", cwd: "/home/ana/pay", sandbox: { kind: "container", network: "none", attested: true } },
  ...more,
});

async function post<Answer>(path: string, body: unknown, token = secret.key): Promise<{ status: number; answer: Answer }> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${andon.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, answer: (await response.json()) as Answer };
}

const ask = async (body: unknown) => (await post<DecisionAnswer>("/api/v1/decisions", body)).answer;

describe("an agent asks", () => {
  test("and is answered by the shipped policies, with the rule and its page", async () => {
    const answer = await ask(bash("sudo rm -rf / --no-preserve-root"));
    assert.equal(answer.effect, "deny");
    assert.ok(answer.reasons.some(({ policy, rule, page }) => policy === "tool_calls" && page === `/policies/tool_calls#${rule}`));
  });

  test("over NATS the same way, and only in its own inbox", async () => {
    const request = bash("git push --force origin main", { id: "nats-1", session: "s1" });
    const subject = `andon.decide.${secret.agent.id}`;
    const over = (await nats.request(subject, JSON.stringify(request), { timeout: 10_000 })).json<DecisionAnswer>();
    assert.deepEqual(await ask(request), over, "the same request id is the same decision");
    assert.equal(over.effect, "deny");
    const rubbish = (await nats.request(subject, "{", { timeout: 10_000 })).json<{ error: { kind: string } }>();
    assert.equal(rubbish.error.kind, "invalid");
  });

  test("with rubbish, and is told where it is wrong", async () => {
    for (const [body, status] of [
      [{ action: "tool.call" }, 422],
      [{ action: "tool.call", resource: { class: "execute" } }, 422],
      [bash("ls", { agent: "somebody-else" }), 422],
    ] as const) {
      assert.equal((await post("/api/v1/decisions", body)).status, status);
    }
    assert.equal((await post("/api/v1/decisions", bash("ls"), andon.token)).status, 403);
    assert.equal((await post("/api/v1/decisions", bash("ls"), "andon_wrong")).status, 401);
  });
});

describe("people see what was decided", () => {
  test("in a list with filters, one by one, and made again to the same answer", async () => {
    const denied = await ask(bash("mkfs.ext4 /dev/sda", { session: "s2" }));
    const path = "/api/v1/decisions?effect=deny&session=s2&rule=tool_calls&team=payments";
    const { items } = await eventually(
      () => andon.get<DecisionPage>(path),
      (page) => page.items.length > 0,
    );
    assert.deepEqual(
      items.map(({ id, agentName }) => [id, agentName]),
      [[denied.id, "my-agent"]],
    );
    assert.deepEqual((await andon.get<DecisionPage>("/api/v1/decisions?session=s2&effect=allow")).items, []);
    const detail = await andon.get<DecisionDetail>(`/api/v1/decisions/${denied.id}`);
    assert.deepEqual([detail.decision.input, detail.decision.policy], [denied.input, denied.policy]);
    assert.doesNotMatch(JSON.stringify(detail), /mkfs/);
    const { answer } = await post<DecisionReplay>(`/api/v1/decisions/${denied.id}/replay`, undefined, andon.token);
    assert.deepEqual([answer.same, answer.differs, answer.effect, answer.reasons], [true, [], "deny", denied.reasons]);
  });

  test("also after a restart, with the same policies in force", async () => {
    const before = await ask(bash("ls", { id: "again", session: "s3" }));
    await nats.close();
    await andon.kill();
    await andon.restart();
    assert.deepEqual(await ask(bash("ls", { id: "again", session: "s3" })), before);
    assert.equal((await ask(bash("ls"))).policy, before.policy);
  });

  test("and try out what would be answered, leaving no trace", async () => {
    const tried = await post<DecisionAnswer>(
      "/api/v1/decisions/dry-run",
      { agent: secret.agent.id, request: bash("rm -rf /", { session: "s4" }) },
      andon.token,
    );
    assert.deepEqual([tried.status, tried.answer.dryRun, tried.answer.effect], [200, true, "deny"]);
    assert.ok(
      tried.answer.explain?.policies.some(
        ({ policy, covers, rules }) => policy === "tool_calls" && covers && rules.some(({ fired }) => fired),
      ),
    );
    assert.equal(
      (await fetch(`${andon.url}/api/v1/decisions/${tried.answer.id}`, { headers: { authorization: `Bearer ${andon.token}` } })).status,
      404,
    );
  });

  test("and Health says how the policies are", async () => {
    const { parts } = await andon.get<Health>("/api/v1/health");
    const policies = parts.find(({ name }) => name === "policies");
    assert.equal(policies?.state, "up");
    assert.ok((policies?.figures["evaluations"] ?? 0) > 0);
  });
});
