import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import type { AgentSecret } from "../../schemas/api.ts";
import type { ApprovalDetail, ApprovalInbox, ApprovalSubject, ApprovalView, Waited } from "../../schemas/approval-api.ts";
import type { BudgetView } from "../../schemas/budget-api.ts";
import type { DecisionAnswer } from "../../schemas/decision.ts";
import type { LineView } from "../../schemas/line-api.ts";
import type { LineMessage } from "../ports/line-broadcast.ts";
import { type Andon, eventually, startAndon } from "../testing/start-andon.ts";

let andon: Andon;
let secret: AgentSecret;
let nats: NatsConnection;
let ana: string;
let bia: string;

before(async () => {
  andon = await startAndon();
  secret = JSON.parse(await andon.cli("agents", "add", "my-agent", "--team", "payments", "--json")) as AgentSecret;
  const { credentials = "", servers = [], inboxPrefix = "" } = secret.nats ?? {};
  nats = await connect({ servers, inboxPrefix, authenticator: credsAuthenticator(Buffer.from(credentials)) });
  ana = await addPerson("Ana", "lead");
  bia = await addPerson("Bia", "lead");
});
after(async () => {
  await nats.close();
  await andon[Symbol.asyncDispose]();
});

async function addPerson(name: string, role: string): Promise<string> {
  return (JSON.parse(await andon.cli("people", "add", name, "--role", role, "--json")) as { token: string }).token;
}

async function call<Answer>(method: string, path: string, token: string, body?: unknown): Promise<{ status: number; answer: Answer }> {
  const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) };
  const response = await fetch(`${andon.url}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: response.status, answer: (await response.json()) as Answer };
}
const ask = async (request: object) => (await call<DecisionAnswer>("POST", "/api/v1/decisions", secret.key, request)).answer;

const context = { workspace: "/home/ana/pay", cwd: "/home/ana/pay", sandbox: { kind: "container", network: "none", attested: true } };
const bash = (command: string, session = "s1") => ({
  action: "tool.call",
  resource: { tool: "Bash", class: "execute", command },
  context,
  session,
});
const read = { action: "tool.call", resource: { tool: "Read", class: "read", paths: ["/home/ana/pay/a.ts"] }, context };

describe("an approval", () => {
  test("is asked for, looked at, given by a person, used once, and the wait ends at once", async () => {
    const request = bash("npm install left-pad", "s-approval");
    const first = await ask(request);
    assert.equal(first.effect, "require_approval", JSON.stringify(first.reasons));
    const id = first.approval?.id as string;

    const waiting = call<Waited>("GET", `/api/v1/approvals/${id}/wait?seconds=30`, secret.key);
    const inbox = (await call<ApprovalInbox>("GET", "/api/v1/approvals", ana)).answer;
    const item = inbox.items.find((each) => each.id === id) as ApprovalView;
    assert.deepEqual([item.status, item.notMine, item.team, item.requester.name], ["waiting", null, "payments", "my-agent"]);
    const { answer: subject } = await call<ApprovalSubject>("POST", `/api/v1/approvals/${id}/look`, ana);
    assert.equal((subject.resource as { command?: string }).command, "npm install left-pad");

    // For other bytes it counts for nothing, and nothing is half changed.
    const wrong = await call("POST", "/api/v1/approvals/votes", ana, { approvals: [id], vote: "approve", digest: "0".repeat(64) });
    assert.equal(wrong.status, 409);
    const started = performance.now();
    const vote = { approvals: [id], vote: "approve", digest: item.digest };
    assert.equal((await call("POST", "/api/v1/approvals/votes", ana, vote)).status, 200);
    assert.equal((await waiting).answer.status, "approved");
    assert.ok(performance.now() - started < 5_000, "whoever waits is released by the vote, not by the clock");

    const second = await ask(request);
    assert.deepEqual([second.effect, second.approval?.id], ["allow", id]);
    const third = await ask(request);
    assert.equal(third.effect, "require_approval", "an approval is used once");
    const { answer: detail } = await call<ApprovalDetail>("GET", `/api/v1/approvals/${third.approval?.id}`, ana);
    assert.deepEqual(detail.similar[0]?.by, "request");
    assert.equal(detail.similar[0]?.approval.status, "consumed");
  });

  test("of another agent cannot be waited for, and an agent cannot vote", async () => {
    const asked = await ask(bash("npm install right-pad", "s-other"));
    const other = await andon.addAgent("other-agent", "risk");
    assert.equal((await call("GET", `/api/v1/approvals/${asked.approval?.id}/wait?seconds=0`, other.key)).status, 404);
    const vote = { approvals: [asked.approval?.id], vote: "approve", digest: "0".repeat(64) };
    assert.equal((await call("POST", "/api/v1/approvals/votes", secret.key, vote)).status, 403);
  });
});

describe("the cord", () => {
  test("stops a scope within a second, is heard by runtimes, and is released by a second person", async () => {
    assert.equal((await ask(read)).effect, "allow");
    const heard = nats.subscribe("andon.line.>", { max: 1 });
    await nats.flush();
    const pulled = await call<LineView>("POST", "/api/v1/line/pulls", ana, {
      scope: { kind: "team", name: "payments" },
      symptom: "wrong_totals",
      stop: true,
    });
    const at = performance.now();
    assert.equal(pulled.status, 201, JSON.stringify(pulled.answer));
    const denied = await ask(bash("ls"));
    assert.ok(performance.now() - at < 1_000);
    assert.equal(denied.effect, "deny");
    assert.ok(denied.reasons.some(({ rule }) => rule === "line_stopped"));

    for await (const message of heard) {
      assert.equal(message.subject, "andon.line.team.payments");
      const { broadcastId, scope, state } = message.json<LineMessage>();
      assert.equal(state, "stopped");
      const told = await call<{ latencyMs: number }>("POST", "/api/v1/line/acknowledgements", secret.key, {
        ...{ scope, broadcastId, runtimeId: "laptop-1" },
      });
      assert.equal(told.status, 200);
      assert.ok(told.answer.latencyMs < 5_000);
    }
    const line = (await lineOf("payments")) as LineView;
    assert.equal(line.colour, "red");
    assert.deepEqual(
      line.heard.map(({ runtime }) => runtime),
      [`${secret.agent.id}/laptop-1`],
    );

    const andonId = line.active?.andonId as string;
    const move = (token: string, step: object) =>
      call<LineView>("POST", "/api/v1/line/moves", token, { scope: line.scope, andonId, move: step });
    assert.equal((await move(ana, { step: "release" })).status, 409, "not before the cause is known");
    assert.equal((await move(ana, { step: "contain", inFlight: [], reverted: [], fenced: [] })).status, 200);
    const measure = { kind: "check", reference: "totals-are-compared" };
    assert.equal(
      (await move(ana, { step: "countermeasure", causeClass: "rounding", cause: "totals were rounded", countermeasure: measure })).status,
      200,
    );
    assert.equal((await move(ana, { step: "start_trial", changeId: "chg_1" })).status, 200);
    assert.equal((await ask(bash("ls"))).effect, "deny", "only the trial's change goes on");
    assert.equal((await move(ana, { step: "end_trial", outcome: "passed" })).status, 200);
    assert.equal((await move(ana, { step: "release" })).status, 409, "the one who named the cause does not release alone");
    assert.equal((await move(bia, { step: "release" })).status, 200);
    assert.equal((await ask(read)).effect, "allow");
    assert.equal((await lineOf("payments"))?.colour, "yellow", "until it is known what was learned");
  });

  test("may be pulled by an agent, and never released by one", async () => {
    const called = await call<LineView>("POST", "/api/v1/line/calls", secret.key, { symptom: "lost_in_tests" });
    assert.equal(called.status, 201);
    assert.deepEqual(called.answer.scope, { kind: "agent", name: secret.agent.id });
    const move = { scope: called.answer.scope, andonId: called.answer.active?.andonId, move: { step: "acknowledge" } };
    assert.equal((await call("POST", "/api/v1/line/moves", secret.key, move)).status, 403);
    assert.equal((await call("POST", "/api/v1/line/moves", ana, move)).status, 200);
  });

  test("is pulled for an agent that is denied the same again and again", async () => {
    const lost = await andon.addAgent("lost-agent", "risk");
    const again = { action: "tool.call", resource: { tool: "Bash", class: "execute", command: "rm -rf /" }, context, session: "s-lost" };
    for (let nth = 0; nth < 5; nth++) {
      assert.equal(await lineOf(lost.id), undefined);
      assert.equal((await call<DecisionAnswer>("POST", "/api/v1/decisions", lost.key, again)).answer.effect, "deny");
    }
    const line = await lineOf(lost.id);
    assert.deepEqual([line?.colour, line?.active?.pullers[0]?.rule], ["yellow", "repeated_denies"]);
  });

  async function lineOf(team: string): Promise<LineView | undefined> {
    const { items } = await andon.get<{ items: LineView[] }>("/api/v1/line");
    return items.find(({ scope }) => scope.name === team);
  }
});

describe("a budget", () => {
  test("is reserved by what agents ask, and denies what it cannot hold, also when two race", async () => {
    const wanted = {
      name: "Opus",
      scope: { kind: "model", name: "claude-opus-5-5" },
      period: "month",
      hard: { amount: "1", atCrossing: "deny" },
    };
    const set = await call<BudgetView>("POST", "/api/v1/budgets", andon.token, wanted);
    assert.equal(set.status, 201, JSON.stringify(set.answer));
    const use = () =>
      ask({ action: "model.call", resource: { provider: "anthropic", model: "claude-opus-5-5", estimatedCost: "0.3" }, context });
    const answers = await Promise.all(Array.from({ length: 6 }, use));
    const allowed = answers.filter(({ effect }) => effect === "allow");
    assert.equal(allowed.length, 3, JSON.stringify(answers.map(({ effect, reasons }) => [effect, reasons.map(({ rule }) => rule)])));
    assert.ok(answers.every(({ effect, reasons }) => effect === "allow" || reasons.some(({ policy }) => policy === "budgets")));
    const budget = await eventually(
      () => andon.get<BudgetView>(`/api/v1/budgets/${set.answer.id}`),
      ({ reserved }) => reserved === "0.9",
    );
    assert.equal(budget.limits[0]?.left, "0.1");
  });
});
