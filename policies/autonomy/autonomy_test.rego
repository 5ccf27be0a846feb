package andon.policies.autonomy_test

import data.andon.lib.defaults
import data.andon.policies.autonomy

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["autonomy"]),
	{"autonomy": object.union(object.remove(defaults.settings.autonomy, [key]), {key: value})},
)

found(action, resource, level, state, settings) := out if {
	out := autonomy.findings with data.settings as settings
		with input as {
			"action": {"name": action}, "resource": resource, "context": {"workspace": "/home/dev/proj", "cwd": "/home/dev/proj"},
			"agent": {"autonomy": {"level": level, "state": state}},
		}
}

said(action, resource, level, state) := {$"{one.effect} {one.rule}" | some one in found(action, resource, level, state, defaults.settings)}

tool(class) := {"tool": "T", "class": class, "paths": ["/home/dev/proj/a.ts"]}

doing := {"write", "execute", "network", "install", "delegate", "other"}

test_reading_and_talking_is_always_allowed_but_for_the_frozen if {
	every level in [0, 1, 2, 3, 4, 5] {
		every state in ["none", "probation", "active", "suspended", "expired"] {
			said("tool.call", tool("read"), level, state) == set()
			said("model.call", {}, level, state) == set()
			said("prompt.submit", {}, level, state) == set()
		}
		said("tool.call", tool("read"), level, "frozen") == set()
	}
}

test_level_0_only_reads if {
	every class in doing {
		said("tool.call", tool(class), 0, "active") == {"deny read_only"}
	}
}

test_level_1_writes_to_scratch if {
	said("tool.call", tool("write"), 1, "active") == {"deny scratch_only"}
	said("tool.call", {"class": "write", "paths": ["/tmp/a"]}, 1, "active") == set()
	said("tool.call", {"class": "write", "paths": ["/home/dev/proj/scratch/a"]}, 1, "active") == set()
	said("tool.call", {"class": "write", "paths": ["scratch/a"]}, 1, "active") == set()
	said("tool.call", {"class": "write", "paths": ["/tmp/../etc/x"]}, 1, "active") == {"deny scratch_only"}
	said("tool.call", {"class": "write", "paths": ["/tmp/a", "/home/dev/proj/a"]}, 1, "active") == {"deny scratch_only"}
	said("tool.call", {"class": "write"}, 1, "active") == {"deny scratch_only"}
	every class in doing - {"write"} {
		said("tool.call", tool(class), 1, "active") == {"require_approval person_decides"}
	}
}

test_level_2_and_above_work if {
	every class in doing {
		every level in [2, 3, 4, 5] {
			said("tool.call", tool(class), level, "active") == set()
			said("tool.call", tool(class), level, "probation") == set()
		}
	}
	asked := with_setting("asked_when_pairing", ["write", "execute"])
	{one.effect | some one in found("tool.call", tool("write"), 2, "active", asked)} == {"require_approval"}
	found("tool.call", tool("write"), 3, "active", asked) == set()
	found("tool.call", tool("network"), 2, "active", asked) == set()
}

test_without_a_grant_the_level_of_the_settings_holds if {
	said("tool.call", tool("write"), 0, "none") == set()
	said("change.merge", {}, 5, "none") == {"deny merge_above_level"}
	{one.rule | some one in found("tool.call", tool("write"), 5, "none", with_setting("level_without_grant", 0))} == {"read_only"}
	said("change.merge", {}, 5, "expired") == {"deny merge_above_level"}
	said("tool.call", tool("write"), 1, "expired") == {"deny scratch_only"}
}

test_frozen_and_suspended if {
	every class in doing {
		said("tool.call", tool(class), 5, "frozen") == {"deny frozen"}
		said("tool.call", tool(class), 5, "suspended") == {"deny suspended"}
	}
	said("model.call", {}, 5, "frozen") == {"deny frozen"}
	said("change.merge", {}, 5, "frozen") == {"deny frozen"}
	said("change.merge", {}, 5, "suspended") == {"deny suspended", "deny merge_above_level"}
	said("tool.call", tool("write"), 5, "nonsense") == {"deny read_only"}
	some one in found("tool.call", tool("write"), 5, "frozen", defaults.settings)
	one.hard
}

test_merging if {
	every level in [0, 1, 2, 3] {
		said("change.merge", {}, level, "active") == {"deny merge_above_level"}
	}
	said("change.merge", {}, 4, "active") == set()
	said("change.merge", {}, 5, "active") == set()
	said("change.merge", {}, 4, "probation") == {"require_approval trial_time"}
	{one.rule | some one in found("change.merge", {}, 4, "active", with_setting("merge_level", 5))} == {"merge_above_level"}
}

test_deploying if {
	said("change.deploy", {"environment": "production"}, 3, "active") == {"deny deploy_above_level"}
	said("change.deploy", {"environment": "production"}, 4, "active") == set()
	said("change.deploy", {"environment": "dev"}, 3, "active") == set()
	said("change.deploy", {"environment": "dev"}, 2, "active") == {"deny deploy_above_level"}
	said("change.deploy", {"environment": "staging"}, 3, "active") == {"deny deploy_above_level"}
}

test_it_covers_every_action if autonomy.actions == {"tool.call", "model.call", "prompt.submit", "change.merge", "change.deploy"}

test_without_settings_nothing_passes if {
	some one in autonomy.findings with input as {"action": {"name": "tool.call"}, "resource": tool("read"), "agent": {"autonomy": {"level": 2, "state": "active"}}} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
