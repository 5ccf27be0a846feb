# METADATA
# title: The line
# description: The cord. When it is pulled, work goes on but nothing crosses a gate; when the line is stopped, nothing goes on.
# custom:
#   page: line.md
package andon.policies.line

# METADATA
# title: The actions that this policy covers
actions := {"tool.call", "model.call", "prompt.submit", "change.merge", "change.deploy"}

settings := data.settings.line

ready if is_number(settings.same_denials)

line_known if is_array(input.state.line)

gate if input.action.name in {"change.merge", "change.deploy"}

# METADATA
# title: What the line and the session say
findings contains refuse("settings_missing", "The settings of this policy are missing, so nothing can be judged; the platform team must restore them.") if {
	not ready
}

findings contains refuse("line_unknown", "It is not known whether the line runs, so nothing goes on; ask again, and tell the platform team if it stays so.") if {
	not line_known
}

findings contains refuse("line_called", concat("", ["Somebody pulled the cord for this ", entry.scope.kind, ", so nothing crosses a gate; finish the work before the gate and wait for the owner."])) if {
	gate
	some entry in input.state.line
	entry.state in {"called", "responding"}
}

findings contains refuse("line_stopped", concat("", ["The line of this ", entry.scope.kind, " is stopped, so nothing goes on; help to find the cause, and wait for two people to release it."])) if {
	some entry in input.state.line
	not entry.state in {"called", "responding", "trial", "normal", "cleared", "released", "closed", "voided"}
}

# One change runs through a line on trial, under the eyes of people.
findings contains {
	"effect": "require_approval",
	"rule": "line_trial",
	"reason": concat("", ["The line of this ", entry.scope.kind, " is on trial after a stop, so each change is reviewed; ask for approval of the trial change."]),
	"approval": {"class": "line_trial", "quorum": settings.trial_approvals, "roles": ["lead"], "expiresMinutes": settings.approval_minutes},
} if {
	gate
	some entry in input.state.line
	entry.state == "trial"
}

findings contains {
	"effect": "deny",
	"rule": "same_denied",
	"reason": "This very request was denied several times in this session; stop asking, and tell a person what you need it for.",
} if {
	input.session.sameDenied >= settings.same_denials
	not reads
}

findings contains {
	"effect": "require_approval",
	"rule": "many_denials",
	"reason": "This session was denied so often that a person must look at it before it goes on; ask a lead.",
	"approval": {"class": "many_denials", "quorum": 1, "roles": ["lead"], "expiresMinutes": settings.approval_minutes},
} if {
	input.session.denials >= settings.session_denials
	not reads
	not input.action.name in {"model.call", "prompt.submit"}
}

reads if {
	input.action.name == "tool.call"
	input.resource.class == "read"
}

refuse(rule, reason) := {"effect": "deny", "rule": rule, "reason": reason, "hard": true}
