package andon.policies.sandbox_test

import data.andon.lib.defaults
import data.andon.policies.sandbox

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["sandbox"]),
	{"sandbox": object.union(object.remove(defaults.settings.sandbox, [key]), {key: value})},
)

said(class, box, autonomy, settings) := {$"{one.effect} {one.rule}" | some one in found} if {
	found := sandbox.findings with input as {"resource": {"tool": "Bash", "class": class}, "context": box, "agent": {"autonomy": autonomy}} with data.settings as settings
}

box(kind, network, attested) := {"sandbox": {"kind": kind, "network": network, "attested": attested}}

pairing := {"level": 2, "state": "active"}

test_no_sandbox_is_needed_up_to_level_2 if {
	every class in ["read", "write", "execute", "network", "install", "delegate", "other"] {
		said(class, {}, pairing, defaults.settings) == set()
		said(class, {}, {"level": 0, "state": "none"}, defaults.settings) == set()
	}
}

test_level_3_works_in_a_sandbox if {
	level := {"level": 3, "state": "active"}
	said("execute", {}, level, defaults.settings) == {"deny sandbox_required"}
	said("write", {}, level, defaults.settings) == {"deny sandbox_required"}
	said("read", {}, level, defaults.settings) == set()
	said("execute", box("bubblewrap", "full", false), level, defaults.settings) == set()
	said("execute", {}, {"level": 3, "state": "probation"}, defaults.settings) == {"deny sandbox_required"}
}

test_higher_levels_need_more if {
	said("execute", box("docker", "full", true), {"level": 4, "state": "active"}, defaults.settings) == {"deny sandbox_network_open"}
	said("execute", box("docker", "restricted", false), {"level": 4, "state": "active"}, defaults.settings) == set()
	said("execute", box("docker", "none", false), {"level": 5, "state": "active"}, defaults.settings) == {"deny sandbox_not_attested"}
	said("execute", box("docker", "none", true), {"level": 5, "state": "active"}, defaults.settings) == set()
	said("execute", {}, {"level": 5, "state": "active"}, defaults.settings) == {"deny sandbox_required"}
}

test_what_says_that_there_is_none_counts_as_none if {
	every kind in ["none", "None", "off", "", "host", "disabled"] {
		said("execute", box(kind, "none", true), {"level": 3, "state": "active"}, defaults.settings) == {"deny sandbox_required"}
	}
	said("execute", {"sandbox": null}, {"level": 3, "state": "active"}, defaults.settings) == {"deny sandbox_required"}
	said("execute", {"sandbox": {"kind": "vm", "network": "none", "attested": "yes"}}, {"level": 5, "state": "active"}, defaults.settings) == {"deny sandbox_not_attested"}
}

test_a_scope_can_ask_for_more if {
	strict := with_setting("by_class", {"execute": 2})
	said("execute", {}, pairing, strict) == {"deny sandbox_required"}
	said("execute", box("docker", "full", false), pairing, strict) == {"deny sandbox_network_open"}
	said("execute", box("docker", "none", false), pairing, strict) == set()
	said("write", {}, pairing, strict) == set()
}

test_it_covers_tool_calls if sandbox.actions == {"tool.call"}

test_without_settings_nothing_passes if {
	some one in sandbox.findings with input as {"resource": {"class": "read"}, "context": {}, "agent": {"autonomy": pairing}} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
