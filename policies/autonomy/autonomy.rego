# METADATA
# title: Autonomy
# description: What an agent may do alone at its level, 0 to 5. A level is earned by evidence and lost at once.
# custom:
#   page: autonomy.md
package andon.policies.autonomy

import data.andon.lib.paths

# METADATA
# title: The actions that this policy covers
actions := {"tool.call", "model.call", "prompt.submit", "change.merge", "change.deploy"}

settings := data.settings.autonomy

ready if is_number(settings.level_without_grant)

standing := input.agent.autonomy.state

# METADATA
# title: The level that holds
# description: a suspended agent is at 0, one that was never granted a level or whose grant ended at no more than the settings' level
level := input.agent.autonomy.level if {
	standing in {"active", "probation", "frozen"}
} else := settings.level_without_grant if {
	standing == "none"
} else := min([input.agent.autonomy.level, settings.level_without_grant]) if {
	standing == "expired"
} else := 0

class := input.resource.class

reads if {
	input.action.name == "tool.call"
	class == "read"
}

writes if class == "write"

# METADATA
# title: What goes beyond the agent's level
findings contains refuse("settings_missing", "The settings of this policy are missing, so no level can be told; the platform team must restore them.") if {
	not ready
}

findings contains refuse("frozen", "The agent's autonomy is frozen, so it may only read; a person must look at why and lift the freeze.") if {
	standing == "frozen"
	not reads
}

findings contains refuse("suspended", "The agent is suspended, so it may only read, until a person has reviewed what it did.") if {
	standing == "suspended"
	not reads
	not talks
}

talks if input.action.name in {"model.call", "prompt.submit"}

findings contains deny("read_only", "At this level an agent may only read; a person does the rest, or grants a higher level.") if {
	input.action.name == "tool.call"
	level == 0
	standing != "suspended"
	standing != "frozen"
	not reads
}

findings contains deny("scratch_only", "At this level an agent may write to scratch folders only; propose the edit there, and a person applies it.") if {
	input.action.name == "tool.call"
	level == 1
	class == "write"
	some path in written
	not scratch(path)
}

written := object.get(input.resource, "paths", [""])

scratch(path) if {
	not contains(path, "..")
	some folder in settings.scratch_folders
	startswith(path, folder)
}

scratch(path) if {
	place := paths.clean(path)
	workspace := object.get(input.context, "workspace", input.context.cwd)
	some folder in settings.scratch_folders
	not startswith(folder, "/")
	startswith(place, concat("", [paths.clean(workspace), "/", folder]))
}

findings contains ask("person_decides", "At this level a person agrees to each call that does more than read; ask the person in the session.") if {
	input.action.name == "tool.call"
	level == 1
	not reads
	not writes
}

findings contains ask("person_decides", "At this level a person agrees to each call of this kind; ask the person in the session.") if {
	input.action.name == "tool.call"
	level == 2
	class in settings.asked_when_pairing
}

findings contains deny("merge_above_level", "At this level an agent opens a pull request and a person merges it; ask a person, or earn the level that may merge.") if {
	input.action.name == "change.merge"
	level < settings.merge_level
}

findings contains ask("trial_time", "The agent's level is new, so a person reviews every change that it merges; ask for the review.") if {
	input.action.name == "change.merge"
	level >= settings.merge_level
	standing == "probation"
}

findings contains deny("deploy_above_level", "At this level an agent does not deploy to this environment; a person must deploy, or grant the level that may.") if {
	input.action.name == "change.deploy"
	level < deploy_level
}

deploy_level := settings.try_out_level if {
	lower(input.resource.environment) in settings.try_out_environments
} else := settings.deploy_level

refuse(rule, reason) := {"effect": "deny", "rule": rule, "reason": reason, "hard": true}

deny(rule, reason) := {"effect": "deny", "rule": rule, "reason": reason}

ask(rule, reason) := {
	"effect": "require_approval",
	"rule": rule,
	"reason": reason,
	"approval": {"class": rule, "quorum": 1, "roles": ["lead"], "expiresMinutes": settings.approval_minutes},
}
