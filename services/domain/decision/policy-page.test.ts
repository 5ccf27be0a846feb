import assert from "node:assert/strict";
import test from "node:test";
import { profileOf } from "./policy-page.ts";

const rego = `# METADATA
# title: Hours
# description: When agents may work.
package andon.policies.hours

# METADATA
# description: Not this one.
actions := {
	"tool.call",
	"change.deploy",
}
`;
const page =
  "# Hours\n\n| rule | answer | how to get on |\n|---|---|---|\n| `closed` | denied | wait |\n| `early`, `late` | asked | ask a lead |\n";

test("a policy's header, actions and table of rules are read", () => {
  assert.deepEqual(
    profileOf(
      "hours",
      new Map([
        ["hours/hours.rego", rego],
        ["hours/hours.md", page],
      ]),
    ),
    {
      description: "When agents may work.",
      actions: ["tool.call", "change.deploy"],
      rules: [
        { name: "closed", answer: "denied", remedy: "wait" },
        { name: "early", answer: "asked", remedy: "ask a lead" },
        { name: "late", answer: "asked", remedy: "ask a lead" },
      ],
    },
  );
});

test("a description may stand on the lines below", () => {
  const head =
    "# METADATA\n# description: |\n#   When agents\n#   may work.\n# custom:\n#   page: hours.md\npackage andon.policies.hours\n";
  assert.equal(profileOf("hours", new Map([["hours/hours.rego", head]])).description, "When agents may work.");
});

test("what a policy does not say is empty", () => {
  assert.deepEqual(
    profileOf(
      "hours",
      new Map([
        ["other/hours.rego", rego],
        ["hours/hours.rego", "package andon.policies.hours\n"],
      ]),
    ),
    {
      description: "",
      actions: [],
      rules: [],
    },
  );
});
