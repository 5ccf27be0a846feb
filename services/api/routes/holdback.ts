import { Type } from "typebox";
import { SuiteName } from "../../../schemas/holdback.ts";
import { NewCases, NewRetirement, NewRun, Retired, RunView, SuiteDetail, SuiteList } from "../../../schemas/holdback-api.ts";
import { Id } from "../../../schemas/primitives.ts";
import { ADMINISTRATOR, actorOf, aPerson } from "../auth/caller.ts";
import type { Outcome } from "../deps.ts";
import { fail, failureOf } from "../problems.ts";
import { ok, type Reply, type Route, route } from "../route.ts";

const bySuite = Type.Object({ suite: SuiteName });
const answer = <Value>(outcome: Outcome<Value>): Reply<Value> => (outcome.kind === "ok" ? ok(outcome.value) : failureOf(outcome));

const listSuites = route({
  id: "list_holdback_suites",
  method: "get",
  path: "/api/v1/holdback/suites",
  summary: "Holdback suites: how many cases of which class, the last runs with their counts, and the gap to the visible tests.",
  access: "read",
  answer: SuiteList,
  handle: (_call, { holdback }) => ok({ items: [...holdback.list()] }),
});

const readSuite = route({
  id: "read_holdback_suite",
  method: "get",
  path: "/api/v1/holdback/suites/{suite}",
  summary: "One suite with the ids of its cases and how often each was read. Nothing of a case itself is ever answered.",
  access: "manage_holdback",
  params: bySuite,
  answer: SuiteDetail,
  handle: ({ params }, { holdback }) => answer(holdback.get(params.suite)),
});

const addCases = route({
  id: "add_holdback_cases",
  method: "post",
  path: "/api/v1/holdback/suites/{suite}/cases",
  summary: "Seals cases into a suite; with repositories it makes the suite or changes what it covers. Verdicts of before are stale.",
  access: "manage_holdback",
  params: bySuite,
  body: NewCases,
  answer: SuiteDetail,
  status: 201,
  handle: async ({ params, body, caller }, { holdback }) => answer(await holdback.add(params.suite, body, actorOf(caller))),
});

const startRun = route({
  id: "start_holdback_run",
  method: "post",
  path: "/api/v1/holdback/suites/{suite}/runs",
  summary: "Starts a run for a commit; ask for it again to learn how it ended. A command needs the administrator's token.",
  access: "manage_holdback",
  params: bySuite,
  body: NewRun,
  answer: RunView,
  status: 202,
  async handle({ params, body, caller }, { holdback }) {
    // A command has the rights of the platform's process: only whoever can read its data folder has these already.
    if ("command" in body.candidate && aPerson(caller).personId !== ADMINISTRATOR.personId) {
      return fail(403, "not_permitted", "Only the administrator's token starts a command on the platform's machine.", {
        hint: "Serve the candidate on the loopback and name its url, or run `andon holdback run` on the platform's machine.",
        at: "/candidate/command",
      });
    }
    return answer(await holdback.run(params.suite, body, actorOf(caller)));
  },
});

const readRun = route({
  id: "read_holdback_run",
  method: "get",
  path: "/api/v1/holdback/suites/{suite}/runs/{run}",
  summary: "One run: going on, judged with its counts, or ended without a verdict.",
  access: "read",
  params: Type.Object({ suite: SuiteName, run: Id }),
  answer: RunView,
  handle: ({ params }, { holdback }) => answer(holdback.readRun(params.suite, params.run)),
});

const retireCases = route({
  id: "retire_holdback_cases",
  method: "post",
  path: "/api/v1/holdback/suites/{suite}/retirements",
  summary: "Retires cases by their ids, or those whose canary is in a text that agents could read. The text is not kept.",
  access: "manage_holdback",
  params: bySuite,
  body: NewRetirement,
  answer: Retired,
  handle: async ({ params, body, caller }, { holdback }) => answer(await holdback.retire(params.suite, body, actorOf(caller))),
});

export const holdbackRoutes: readonly Route[] = [listSuites, readSuite, addCases, startRun, readRun, retireCases];
