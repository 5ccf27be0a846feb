package andon.policies.deploy_gate_test

import data.andon.lib.defaults
import data.andon.policies.deploy_gate

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["deploy_gate"]),
	{"deploy_gate": object.union(object.remove(defaults.settings.deploy_gate, [key]), {key: value})},
)

sha := "4f1c2d7a9b0e"

passed := {"suite": "core", "sha": sha, "verdict": "passed", "at": "2026-11-20T10:00:00Z"}

at_level_4 := {"level": 4, "state": "active"}

found(environment, fields, holdback, autonomy, settings) := out if {
	out := deploy_gate.findings with data.settings as settings
		with input as {
			"resource": object.union({"service": "s", "environment": environment, "sha": sha, "changes": ["c1"]}, fields),
			"agent": {"autonomy": autonomy}, "state": {"holdback": holdback},
		}
}

said(environment, fields, holdback, autonomy) := {$"{one.effect} {one.rule}" | some one in found(environment, fields, holdback, autonomy, defaults.settings)}

test_trying_out_is_free if {
	said("dev", {}, null, at_level_4) == set()
	said("DEV", {"changes": []}, null, at_level_4) == set()
}

test_staging_is_asked_about if said("staging", {}, null, at_level_4) == {"require_approval staging_approval"}

test_production_needs_people_and_a_verdict if {
	said("production", {}, passed, at_level_4) == {"require_approval production_approval"}
	said("production", {}, null, at_level_4) == {"deny holdback_missing", "require_approval production_approval"}
	said("production", {}, object.union(passed, {"sha": "0"}), at_level_4) == {"deny holdback_missing", "require_approval production_approval"}
	said("production", {}, object.union(passed, {"verdict": "failed"}), at_level_4) == {"deny holdback_failed", "require_approval production_approval"}
	said("production", {"changes": []}, passed, at_level_4) == {"deny changes_unknown", "require_approval production_approval"}
	[one.approval | some one in found("production", {}, passed, at_level_4, defaults.settings)] == [{"class": "production_approval", "quorum": 2, "roles": ["lead"], "expiresMinutes": 240}]
}

test_what_is_not_known_is_production if {
	every environment in ["live", "prod-eu", "", "dev ", "development-2"] {
		"require_approval production_approval" in said(environment, {}, passed, at_level_4)
	}
}

test_level_5_deploys_alone if {
	said("production", {}, passed, {"level": 5, "state": "active"}) == set()
	said("production", {}, null, {"level": 5, "state": "active"}) == {"deny holdback_missing"}
	said("production", {}, passed, {"level": 5, "state": "probation"}) == {"require_approval production_approval"}
	said("production", {}, passed, {"level": 5, "state": "expired"}) == {"require_approval production_approval"}
}

test_settings if {
	{one.rule | some one in found("production", {}, null, at_level_4, with_setting("holdback_for_production", false))} == {"production_approval"}
	{one.rule | some one in found("dev", {}, passed, at_level_4, with_setting("free_environments", []))} == {"production_approval"}
}

test_it_covers_deployments if deploy_gate.actions == {"change.deploy"}

test_without_settings_nothing_passes if {
	some one in deploy_gate.findings with input as {"resource": {"environment": "dev"}, "state": {"holdback": null}} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
