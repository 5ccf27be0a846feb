# METADATA
# title: Deploy gate
# description: What may be deployed where, and who must agree. An environment that is not known is treated as production.
# custom:
#   page: deploy_gate.md
package andon.policies.deploy_gate

# METADATA
# title: The actions that this policy covers
actions := {"change.deploy"}

settings := data.settings.deploy_gate

ready if is_number(settings.production_approvals)

environment := lower(input.resource.environment)

# free: for trying out. staging: seen by people inside. production: everything else.
kind := "free" if {
	environment in settings.free_environments
} else := "staging" if {
	environment in settings.staging_environments
} else := "production"

# METADATA
# title: What keeps the change from being deployed
findings contains refuse("settings_missing", "The settings of this policy are missing, so nothing can be deployed; the platform team must restore them.") if {
	not ready
}

findings contains refuse("changes_unknown", "A deployment to production must say which changes it brings; send their ids.") if {
	kind == "production"
	count(object.get(input.resource, "changes", [])) == 0
}

findings contains refuse("holdback_missing", "There is no holdback verdict for the commit to deploy; run the holdback suite on it and ask again.") if {
	needs_holdback
	not verdict_of_this_commit
}

findings contains refuse("holdback_failed", "The holdback suite did not pass for the commit to deploy; deploy a commit for which it did.") if {
	verdict_of_this_commit
	not passed
	kind != "free"
}

needs_holdback if {
	settings.holdback_for_production
	kind == "production"
}

passed if input.state.holdback.verdict == "passed"

verdict_of_this_commit if input.state.holdback.sha == input.resource.sha

findings contains ask("production_approval", settings.production_approvals, "A deployment to production needs the approval of people; ask them in the approvals inbox.") if {
	kind == "production"
	settings.production_approvals > 0
	not unattended
}

findings contains ask("staging_approval", settings.staging_approvals, "A deployment to this environment needs an approval; ask in the approvals inbox.") if {
	kind == "staging"
	settings.staging_approvals > 0
	not unattended
}

# Level 5 is granted by two named people, with an end: then the agent deploys alone.
unattended if {
	input.agent.autonomy.level == 5
	input.agent.autonomy.state == "active"
}

refuse(rule, reason) := {"effect": "deny", "rule": rule, "reason": reason, "hard": true}

ask(class, quorum, reason) := {
	"effect": "require_approval",
	"rule": class,
	"reason": reason,
	"approval": {"class": class, "quorum": quorum, "roles": ["lead"], "expiresMinutes": settings.approval_minutes},
}
