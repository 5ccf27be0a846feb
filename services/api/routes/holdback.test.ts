import assert from "node:assert/strict";
import { test } from "node:test";
import { asAdmin, asRole, makeWorld } from "../../testing/api-fakes.ts";
import { createApp } from "../app.ts";

const run = (candidate: object) => JSON.stringify({ sha: "a".repeat(40), change: "chg_1", candidate });

test("a command is started by the administrator's token alone, not by whoever has the role", async () => {
  await using api = createApp(makeWorld().deps);
  const start = async (headers: Record<string, string>, candidate: object): Promise<number> => {
    const init = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: run(candidate) };
    return (await api.app.request("/api/v1/holdback/suites/core/runs", init)).status;
  };
  const command = { command: ["id"] };
  const url = { url: "http://127.0.0.1:9/" };
  assert.deepEqual(
    [await start(asAdmin, command), await start(asRole("admin"), command), await start(asRole("policy_engineer"), command)],
    [202, 403, 403],
  );
  assert.deepEqual([await start(asRole("admin"), url), await start(asRole("policy_engineer"), url)], [202, 202]);
});
