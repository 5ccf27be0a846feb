package andon.decision_test

import data.andon.decision
import data.andon.lib.defaults

request(action, resource) := {
	"action": {"name": action}, "resource": resource,
	"context": {"workspace": "/home/dev/proj", "cwd": "/home/dev/proj", "branch": "feat/x"},
	"agent": {"id": "a1", "name": "claude", "team": "payments", "vendor": "anthropic", "autonomy": {"level": 2, "state": "none"}},
	"scope": {"org": "bank", "department": null, "team": "payments", "repo": null, "feature": null},
	"session": {"id": "s1", "denials": 0, "sameDenied": 0},
	"time": {"utc": "2026-11-20T15:00:00.000Z", "date": "2026-11-20", "weekday": 5, "minute": 720, "zone": "America/Sao_Paulo"},
	"state": {"line": [], "budgets": [], "approval": null, "holdback": null},
}

result(action, resource) := out if {
	out := decision.result with input as request(action, resource) with data.settings as defaults.settings
}

test_a_normal_call_is_covered_and_nobody_objects if {
	every resource in [
		{"tool": "Read", "class": "read", "paths": ["/home/dev/proj/a.ts"]},
		{"tool": "Edit", "class": "write", "paths": ["/home/dev/proj/a.ts"]},
		{"tool": "Bash", "class": "execute", "command": "npm test"},
		{"tool": "Bash", "class": "execute", "command": "git commit -m 'Fix it'"},
	] {
		result("tool.call", resource) == {"findings": set(), "covered_by": {"autonomy", "budgets", "hours", "line", "sandbox", "separation", "tool_calls"}}
	}
	result("model.call", {"provider": "anthropic", "model": "claude-opus-5-5"}).findings == set()
	result("prompt.submit", {"length": 3}).findings == set()
}

test_every_finding_says_whose_it_is if {
	said := result("tool.call", {"tool": "Bash", "class": "execute", "command": "sudo rm -rf /"}).findings
	count(said) >= 3
	every one in said {
		one.policy == "tool_calls"
	}
	merge := result("change.merge", {"repo": "r", "change": "c", "sha": "abcdef1", "paths": ["a.ts"], "class": "bug"})
	{one.policy | some one in merge.findings} == {"autonomy", "merge_gate", "separation"}
	merge.covered_by == {"autonomy", "hours", "line", "merge_gate", "risk", "separation"}
}

test_each_action_has_its_policies if {
	result("change.deploy", {"service": "s", "environment": "dev", "sha": "abcdef1"}).covered_by == {"autonomy", "deploy_gate", "hours", "line"}
	result("model.call", {"provider": "anthropic", "model": "m"}).covered_by == {"autonomy", "budgets", "line", "models"}
	result("prompt.submit", {}).covered_by == {"autonomy", "budgets", "hours", "line"}
}

test_an_unknown_action_is_covered_by_nobody if {
	every action in ["tool.cal", "", "TOOL.CALL", "change.delete", "tool.call "] {
		result(action, {}) == {"findings": set(), "covered_by": set()}
	}
}

test_without_an_input_nobody_covers_it if {
	decision.result == {"findings": set(), "covered_by": set()} with input as {} with data.settings as defaults.settings
	decision.result == {"findings": set(), "covered_by": set()} with input as null with data.settings as defaults.settings
}

test_without_settings_every_policy_denies if {
	every action in ["tool.call", "model.call", "prompt.submit", "change.merge", "change.deploy"] {
		bare := decision.result with input as request(action, {"class": "read", "environment": "dev"}) with data.settings as {}
		{one.policy | some one in bare.findings; one.rule == "settings_missing"} == bare.covered_by
	}
}
