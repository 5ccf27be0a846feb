package andon.policies.budgets_test

import data.andon.lib.defaults
import data.andon.policies.budgets

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["budgets"]),
	{"budgets": object.union(object.remove(defaults.settings.budgets, [key]), {key: value})},
)

budget(fields) := object.union(
	{
		"budgetId": "b1", "scope": {"kind": "team", "name": "payments"}, "limit": "100000000000000", "spent": "10000000000000", "reserved": "0",
		"left": "90000000000000", "hard": true, "crossed": false,
	},
	fields,
)

said(action, resource, budgets_of, settings) := {$"{one.effect} {one.rule}" | some one in found} if {
	found := budgets.findings with input as {"action": {"name": action}, "resource": resource, "context": {}, "state": {"budgets": budgets_of}} with data.settings as settings
}

used_up := budget({"crossed": true, "spent": "100000000000000", "left": "0"})

soft := object.union(used_up, {"hard": false})

test_nothing_is_said_while_there_is_money if {
	said("model.call", {}, [], defaults.settings) == set()
	said("model.call", {}, [budget({})], defaults.settings) == set()
	said("tool.call", {}, [budget({}), budget({"hard": false})], defaults.settings) == set()
}

test_a_hard_budget_stops if {
	every action in ["model.call", "prompt.submit", "tool.call"] {
		said(action, {}, [used_up], defaults.settings) == {"deny budget_used_up"}
		said(action, {}, [budget({}), used_up], defaults.settings) == {"deny budget_used_up"}
	}
	said("tool.call", {}, [used_up], with_setting("stop_tools", false)) == set()
	said("model.call", {}, [used_up], with_setting("stop_tools", false)) == {"deny budget_used_up"}
}

test_a_soft_budget_warns_or_asks if {
	said("model.call", {}, [soft], defaults.settings) == {"warn budget_exceeded"}
	said("model.call", {}, [soft], with_setting("when_soft_is_crossed", "ask")) == {"require_approval budget_exceeded"}
	said("model.call", {}, [soft, used_up], defaults.settings) == {"warn budget_exceeded", "deny budget_used_up"}
}

test_a_call_that_would_overspend if {
	said("model.call", {"estimatedCost": "90"}, [budget({})], defaults.settings) == set()
	said("model.call", {"estimatedCost": "90.000001"}, [budget({})], defaults.settings) == {"deny budget_too_small"}
	said("model.call", {"estimatedCost": "91"}, [budget({"hard": false})], defaults.settings) == set()
	said("model.call", {"estimatedCost": "91"}, [used_up], defaults.settings) == {"deny budget_used_up"}
}

test_nearly_used if {
	said("model.call", {}, [budget({"spent": "80000000000000"})], defaults.settings) == {"warn budget_nearly_used"}
	said("model.call", {}, [budget({"spent": "79000000000000", "reserved": "1000000000000"})], defaults.settings) == {"warn budget_nearly_used"}
	said("model.call", {}, [budget({"spent": "79999999999999"})], defaults.settings) == set()
	said("model.call", {}, [budget({"limit": "0", "spent": "0", "left": "0"})], defaults.settings) == set()
}

test_a_reason_says_whose_budget if {
	some one in budgets.findings with input as {"action": {"name": "model.call"}, "resource": {}, "state": {"budgets": [used_up]}} with data.settings as defaults.settings
	contains(one.reason, "budget of this team is used up")
}

test_it_covers_what_spends if budgets.actions == {"tool.call", "model.call", "prompt.submit"}

test_without_settings_nothing_passes if {
	some one in budgets.findings with input as {"action": {"name": "model.call"}, "state": {"budgets": []}} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
