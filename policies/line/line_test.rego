package andon.policies.line_test

import data.andon.lib.defaults
import data.andon.policies.line

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["line"]),
	{"line": object.union(object.remove(defaults.settings.line, [key]), {key: value})},
)

found(action, resource, states, session, settings) := out if {
	out := line.findings with data.settings as settings
		with input as {
			"action": {"name": action}, "resource": resource, "session": object.union({"id": "s", "denials": 0, "sameDenied": 0}, session),
			"state": {"line": [{"scope": {"kind": "team", "name": "payments"}, "state": state, "andonId": "x"} | some state in states]},
		}
}

said(action, states) := {$"{one.effect} {one.rule}" | some one in found(action, {"class": "write"}, states, {}, defaults.settings)}

work := ["tool.call", "model.call", "prompt.submit"]

gates := ["change.merge", "change.deploy"]

test_a_running_line_says_nothing if {
	every action in array.concat(work, gates) {
		said(action, []) == set()
		said(action, ["cleared", "released", "closed", "voided"]) == set()
	}
}

test_a_called_line_lets_work_go_on_up_to_the_gate if {
	every state in ["called", "responding"] {
		every action in work {
			said(action, [state]) == set()
		}
		every action in gates {
			said(action, [state]) == {"deny line_called"}
		}
	}
}

test_a_stopped_line_stops_everything if {
	every state in ["stopped", "contained", "countermeasure", "escalated", "something new"] {
		every action in array.concat(work, gates) {
			said(action, [state]) == {"deny line_stopped"}
		}
	}
	{one.rule | some one in found("tool.call", {"class": "read"}, ["stopped"], {}, defaults.settings)} == {"line_stopped"}
}

test_the_worst_entry_counts if {
	said("tool.call", ["called", "stopped"]) == {"deny line_stopped"}
	said("change.merge", ["called", "stopped"]) == {"deny line_called", "deny line_stopped"}
}

test_a_line_on_trial if {
	said("tool.call", ["trial"]) == set()
	said("change.merge", ["trial"]) == {"require_approval line_trial"}
	some one in found("change.merge", {}, ["trial"], {}, defaults.settings)
	one.approval.quorum == 2
}

test_no_approval_lifts_the_line if {
	every states in [["called"], ["stopped"]] {
		every one in found("change.merge", {}, states, {}, defaults.settings) {
			one.hard
		}
	}
}

test_a_line_that_is_not_known_denies if {
	some one in line.findings with data.settings as defaults.settings
		with input as {"action": {"name": "tool.call"}, "resource": {"class": "read"}, "session": {"denials": 0, "sameDenied": 0}, "state": {}}
	one.rule == "line_unknown"
	one.effect == "deny"
}

session(action, class, fields) := {$"{one.effect} {one.rule}" | some one in found(action, {"class": class}, [], fields, defaults.settings)}

test_asking_again_and_again if {
	session("tool.call", "execute", {"sameDenied": 4}) == set()
	session("tool.call", "execute", {"sameDenied": 5}) == {"deny same_denied"}
	session("tool.call", "read", {"sameDenied": 9}) == set()
	session("tool.call", "execute", {"denials": 24}) == set()
	session("tool.call", "execute", {"denials": 25}) == {"require_approval many_denials"}
	session("tool.call", "read", {"denials": 99}) == set()
	session("model.call", "", {"denials": 99}) == set()
	session("change.merge", "", {"denials": 25}) == {"require_approval many_denials"}
	{one.rule | some one in found("tool.call", {"class": "write"}, [], {"denials": 3}, with_setting("session_denials", 3))} == {"many_denials"}
}

test_it_covers_every_action if line.actions == {"tool.call", "model.call", "prompt.submit", "change.merge", "change.deploy"}

test_without_settings_nothing_passes if {
	some one in line.findings with input as {"action": {"name": "tool.call"}, "resource": {"class": "read"}, "session": {}, "state": {"line": []}} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
