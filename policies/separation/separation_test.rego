package andon.policies.separation_test

import data.andon.lib.defaults
import data.andon.policies.separation

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["separation"]),
	{"separation": object.union(object.remove(defaults.settings.separation, [key]), {key: value})},
)

found(action, resource, settings) := out if {
	out := separation.findings with data.settings as settings
		with input as {"action": {"name": action}, "resource": resource, "context": {}, "agent": {"id": "a1"}}
}

said(action, resource) := {$"{one.effect} {one.rule}" | some one in found(action, resource, defaults.settings)}

by_agent(paths) := {"paths": paths, "author": {"kind": "agent", "id": "a1"}}

by_person(paths) := {"paths": paths, "author": {"kind": "human", "id": "p1"}}

test_the_author_is_kept_out_of_the_approval if {
	said("change.merge", by_agent(["src/a.ts"])) == {"warn author_never_approves"}
	some one in found("change.merge", by_person(["src/a.ts"]), defaults.settings)
	one.obligations == [{"kind": "exclude_approver", "actor": "p1", "actorKind": "human"}]
}

test_an_author_must_be_named if {
	said("change.merge", {"paths": ["src/a.ts"]}) == {"deny author_unknown"}
	said("change.merge", {"paths": ["src/a.ts"], "author": {"kind": "agent"}}) == {"deny author_unknown"}
}

test_no_agent_changes_what_steers_agents if {
	every path in ["CLAUDE.md", "docs/AGENTS.md", ".claude/settings.json", "x/.codex/config.toml", ".github/hooks/a.json", "policies/a/a.rego", ".mcp.json", "holdback/case-1.json"] {
		"deny agent_configuration" in said("change.merge", by_agent([path]))
		"require_approval agent_configuration" in said("change.merge", by_person([path]))
	}
	said("change.merge", by_agent(["src/claude.ts", "docs/agents/a.md", ".github/workflows/ci.yml"])) == {"warn author_never_approves"}
	[one.approval | some one in found("change.merge", by_person(["AGENTS.md"]), defaults.settings); one.approval] == [{"class": "agent_configuration", "quorum": 2, "roles": ["policy_engineer"], "expiresMinutes": 2880}]
	"deny agent_configuration" in said("change.merge", by_agent(["src/a.ts", "CLAUDE.md"]))
}

shell(command) := said("tool.call", {"tool": "Bash", "class": "execute", "command": command})

test_no_agent_approves if {
	every command in [
		"gh pr review 12 --approve", "gh pr review -a 12", "glab mr approve 3", "cd x && gh pr review --approve -b ok 12", "bash -c 'gh pr review 1 --approve'",
		"sudo gh pr review 1 --approve",
	] {
		shell(command) == {"deny agent_approves"}
	}
	every command in ["gh pr review 12 --comment -b 'approve it'", "gh pr view 12", "gh pr list", "echo gh pr review --approve"] {
		shell(command) == set()
	}
	said("tool.call", {"tool": "mcp__github__approve_pull_request", "class": "other"}) == {"deny agent_approves"}
	said("tool.call", {"tool": "mcp__github__get_pull_request", "class": "other"}) == set()
	said("tool.call", {"tool": "Read", "class": "read", "paths": ["CLAUDE.md"]}) == set()
}

test_it_covers_tools_and_merges if separation.actions == {"tool.call", "change.merge"}

test_without_settings_nothing_passes if {
	some one in separation.findings with input as {"action": {"name": "tool.call"}, "resource": {"class": "read"}} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
