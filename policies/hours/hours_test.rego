package andon.policies.hours_test

import data.andon.lib.defaults
import data.andon.policies.hours

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["hours"]),
	{"hours": object.union(object.remove(defaults.settings.hours, [key]), {key: value})},
)

found(action, resource, time, settings) := out if {
	out := hours.findings with data.settings as settings
		with input as {"action": {"name": action}, "resource": resource, "time": time}
}

said(action, resource, time, settings) := {$"{one.effect} {one.rule}" | some one in found(action, resource, time, settings)}

# Friday 20 November 2026.
friday(minute) := {"date": "2026-11-20", "weekday": 5, "minute": minute, "zone": "America/Sao_Paulo"}

saturday := {"date": "2026-11-21", "weekday": 6, "minute": 600, "zone": "America/Sao_Paulo"}

production := {"environment": "production"}

test_agents_work_at_any_time_unless_hours_are_set if {
	said("tool.call", {}, friday(0), defaults.settings) == set()
	said("change.merge", {}, saturday, defaults.settings) == set()
	office := with_setting("working_hours", [{"days": [1, 2, 3, 4, 5], "from": 480, "to": 1080}])
	said("tool.call", {}, friday(479), office) == {"deny outside_working_hours"}
	said("tool.call", {}, friday(480), office) == set()
	said("prompt.submit", {}, friday(1079), office) == set()
	said("prompt.submit", {}, friday(1080), office) == {"deny outside_working_hours"}
	said("tool.call", {}, saturday, office) == {"deny outside_working_hours"}
	said("tool.call", {}, friday(600), with_setting("working_hours", [])) == {"deny outside_working_hours"}
}

test_deployments_run_while_people_are_there if {
	said("change.deploy", production, friday(480), defaults.settings) == set()
	said("change.deploy", production, friday(1079), defaults.settings) == set()
	said("change.deploy", production, friday(1080), defaults.settings) == {"require_approval outside_deploy_hours"}
	said("change.deploy", production, saturday, defaults.settings) == {"require_approval outside_deploy_hours"}
	said("change.deploy", {"environment": "Dev"}, saturday, defaults.settings) == set()
}

test_merge_hours if {
	said("change.merge", {}, saturday, with_setting("merge_hours", [{"days": [1], "from": 0, "to": 1440}])) == {"require_approval outside_merge_hours"}
}

test_freezes if {
	every freeze in ["2026-11-20", "2026-11-20..2026-11-20", "2026-11-01..2026-11-30", "2026-11-20..2027-01-05", "2026-11-01..2026-11-20"] {
		frozen := with_setting("freezes", [freeze])
		said("change.merge", {"class": "feature"}, friday(600), frozen) == {"deny freeze"}
		said("change.merge", {}, friday(600), frozen) == {"deny freeze"}
		said("change.deploy", production, friday(600), frozen) == {"deny freeze"}
		said("change.merge", {"class": "security"}, friday(600), frozen) == {"require_approval freeze"}
		said("change.deploy", {"environment": "dev"}, friday(600), frozen) == set()
		said("tool.call", {}, friday(600), frozen) == set()
	}
	every freeze in ["2026-11-19", "2026-11-21", "2026-11-21..2026-11-30", "2026-11-01..2026-11-19", "2025-11-20"] {
		said("change.merge", {}, friday(600), with_setting("freezes", [freeze])) == set()
	}
}

test_a_freeze_that_cannot_be_read_freezes if {
	every freeze in ["Christmas", "2026-12-24..", "..2026-12-24", "2026-13-01", "1..2..3", "", "2026-1-1"] {
		said("change.merge", {}, friday(600), with_setting("freezes", [freeze])) == {"deny freeze"}
	}
}

test_it_covers_work_and_releases if hours.actions == {"tool.call", "prompt.submit", "change.merge", "change.deploy"}

test_without_settings_nothing_passes if {
	some one in hours.findings with input as {"action": {"name": "tool.call"}, "time": friday(600)} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
