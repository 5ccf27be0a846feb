# METADATA
# title: Hours
# description: When agents may work, merge and deploy, in the organisation's time zone, and the times in which nothing is released.
# custom:
#   page: hours.md
package andon.policies.hours

# METADATA
# title: The actions that this policy covers
actions := {"tool.call", "prompt.submit", "change.merge", "change.deploy"}

settings := data.settings.hours

ready if is_array(settings.freezes)

# METADATA
# title: What the clock and the calendar say
findings contains {
	"effect": "deny",
	"rule": "settings_missing",
	"hard": true,
	"reason": "The settings of this policy are missing, so no hours can be told; the platform team must restore them.",
} if {
	not ready
}

findings contains {
	"effect": "deny",
	"rule": "outside_working_hours",
	"reason": "Agents of this scope do not work at this hour; wait for the next working hours, or ask the platform team to widen them.",
} if {
	input.action.name in {"tool.call", "prompt.submit"}
	closed(settings.working_hours)
}

findings contains ask("outside_merge_hours", "Changes are not merged at this hour, because nobody is there to mend them; wait, or ask a lead to approve it.") if {
	input.action.name == "change.merge"
	closed(settings.merge_hours)
}

findings contains ask("outside_deploy_hours", "Nothing is deployed at this hour, because nobody is there to mend it; wait, or ask a lead to approve it.") if {
	input.action.name == "change.deploy"
	closed(settings.deploy_hours)
	not free
}

findings contains {
	"effect": "deny",
	"rule": "freeze",
	"reason": "Releases are frozen on this day; wait until the freeze ends, or mark a change that mends a weakness as security.",
} if {
	frozen
	releases
	not mends_weakness
}

findings contains ask("freeze", "Releases are frozen on this day, and this change mends a weakness; ask a lead to approve it.") if {
	frozen
	releases
	mends_weakness
}

releases if input.action.name == "change.merge"

releases if {
	input.action.name == "change.deploy"
	not free
}

free if lower(input.resource.environment) in settings.free_environments

mends_weakness if input.resource.class == "security"

# null: at any time. A window runs from a minute, included, to a minute, not included.
closed(windows) if {
	windows != null
	not open(windows)
}

open(windows) if {
	some window in windows
	input.time.weekday in window.days
	input.time.minute >= window.from
	input.time.minute < window.to
}

# A freeze is a day, or two days with `..` between them, both included. One that cannot be read freezes.
frozen if {
	some freeze in settings.freezes
	parts := split(freeze, "..")
	covers(parts)
}

covers([day]) if input.time.date == day

covers([first, last]) if {
	input.time.date >= first
	input.time.date <= last
}

covers(parts) if count(parts) > 2

covers(parts) if {
	some day in parts
	not regex.match(`^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`, day)
}

ask(rule, reason) := {
	"effect": "require_approval",
	"rule": rule,
	"reason": reason,
	"approval": {"class": rule, "quorum": 1, "roles": ["lead"], "expiresMinutes": settings.approval_minutes},
}
