import { Type } from "typebox";
import { PolicyWord } from "../../../schemas/decision.ts";
import {
  BundleDraft,
  BundleList,
  BundlePlacement,
  DraftVerdict,
  ImpactPeriod,
  ImpactRun,
  PolicyDetail,
  PolicyList,
  RollBack,
  SettingsChange,
} from "../../../schemas/policy-api.ts";
import { Name, Sha256 } from "../../../schemas/primitives.ts";
import { actorOf } from "../auth/caller.ts";
import type { Outcome } from "../deps.ts";
import { fail, failureOf, sentence } from "../problems.ts";
import { ok, type Reply, type Route, route } from "../route.ts";

const byName = Type.Object({ name: PolicyWord });
const byDigest = Type.Object({ digest: Sha256 });
const answer = <Value>(outcome: Outcome<Value>): Reply<Value> => (outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome));
const scope = (what: string) => Type.Optional(Type.String({ ...Name, description: `${what} whose settings are wanted` }));

const listPolicies = route({
  id: "list_policies",
  method: "get",
  path: "/api/v1/policies",
  summary: "The policies in force: what each covers, its rules and its settings.",
  access: "read",
  answer: PolicyList,
  handle: async (_call, { policies }) => ok(await policies.list()),
});

const listBundles = route({
  id: "list_policy_bundles",
  method: "get",
  path: "/api/v1/policies/bundles",
  summary: "Bundles of policies that were published, which of them decides for whom, and what became of them.",
  access: "read",
  answer: BundleList,
  handle: async (_call, { policies }) => ok(await policies.bundles()),
});

const publishBundle = route({
  id: "publish_policy_bundle",
  method: "post",
  path: "/api/v1/policies/bundles",
  summary: "Checks, tests and publishes changed policies. A published bundle decides nothing until it gets a place.",
  access: "edit_policies",
  body: BundleDraft,
  answer: DraftVerdict,
  status: 201,
  async handle({ body, caller }, { policies }) {
    const drafted = await policies.draft(body, actorOf(caller));
    if (drafted.kind !== "ok") return failureOf(drafted);
    if (body.dryRun || drafted.value.sound) return ok(drafted.value, body.dryRun ? { status: 200 } : {});
    const { problems, tests, warnings } = drafted.value;
    const detail = problems.length > 0 ? "These policies do not compile." : `${tests.failed} tests of these policies fail.`;
    return fail(422, "policies_not_sound", detail, {
      at: "/files",
      hint: "Each problem says its file and line. With `dryRun` the same is checked without publishing.",
      more: { problems, tests, warnings },
    });
  },
});

const placeBundle = route({
  id: "place_policy_bundle",
  method: "post",
  path: "/api/v1/policies/bundles/{digest}/place",
  summary: "Puts a bundle to work: shadow only watches, canary decides for some teams or a share of sessions, active for all others.",
  access: "edit_policies",
  params: byDigest,
  body: BundlePlacement,
  answer: BundleList,
  handle: async ({ params, body, caller }, { policies }) => answer(await policies.place(params.digest, body, actorOf(caller))),
});

const startImpact = route({
  id: "start_policy_impact",
  method: "post",
  path: "/api/v1/policies/bundles/{digest}/impact",
  summary: "Starts to make a period's recorded decisions again with this bundle. How far it is, and the report, are read at the same path.",
  access: "edit_policies",
  params: byDigest,
  body: ImpactPeriod,
  answer: ImpactRun,
  status: 202,
  handle: async ({ params, body }, { policies }) => answer(await policies.measure(params.digest, body)),
});

const readImpact = route({
  id: "read_policy_impact",
  method: "get",
  path: "/api/v1/policies/bundles/{digest}/impact",
  summary: "What this bundle would have decided otherwise, by team, repo, agent and rule: the last report, or how far it is.",
  access: "read",
  params: byDigest,
  answer: ImpactRun,
  handle({ params }, { policies }) {
    const run = policies.impact(params.digest);
    return run ? ok(run) : fail(404, "not_found", "There is no report about this bundle.", { hint: "POST a period to the same path." });
  },
});

const rollBack = route({
  id: "roll_back_policies",
  method: "post",
  path: "/api/v1/policies/rollback",
  summary: "The bundle that was active before decides again; shadow and canary end.",
  access: "edit_policies",
  body: RollBack,
  answer: BundleList,
  handle: async ({ body, caller }, { policies }) => answer(await policies.rollBack(body.reason, actorOf(caller))),
});

const readPolicy = route({
  id: "read_policy",
  method: "get",
  path: "/api/v1/policies/{name}",
  summary: "One policy in force: its page, its sources, and what it is set to for a department, team and repo.",
  access: "read",
  params: byName,
  query: Type.Object({ department: scope("department"), team: scope("team"), repo: scope("repo") }),
  answer: PolicyDetail,
  async handle({ params, query }, { policies }) {
    const found = await policies.get(params.name, query);
    return found ? ok(found) : fail(404, "not_found", "There is no such policy in force.", { hint: "GET /api/v1/policies lists them." });
  },
});

const setSettings = route({
  id: "set_policy_settings",
  method: "put",
  path: "/api/v1/policies/{name}/settings",
  summary: "Sets all of a policy's values for one scope; a narrower scope can only tighten. `{}` takes back what the scope set.",
  access: "edit_policies",
  params: byName,
  body: SettingsChange,
  answer: PolicyDetail,
  async handle({ params, body, caller }, { policies }) {
    const outcome = await policies.set(params.name, body, actorOf(caller));
    if (outcome.kind !== "refused") return answer(outcome);
    return fail(422, "settings_refused", sentence(outcome.reason), {
      at: `/values/${outcome.refusals[0]?.setting ?? ""}`,
      hint: "`refusals` says for each setting which scope around it sets what.",
      more: { refusals: outcome.refusals },
    });
  },
});

/** What has a fixed path comes before what has a policy's name in its place. */
export const policyRoutes: readonly Route[] = [
  listPolicies,
  listBundles,
  publishBundle,
  placeBundle,
  startImpact,
  readImpact,
  rollBack,
  readPolicy,
  setSettings,
];
