package andon.policies.tool_calls

# METADATA
# title: Ways around the merge and the deploy gate
of_command contains refuse(
	"gate_bypass",
	"The command would merge or release without the gate; ask for the change to be merged or deployed, and the gate decides.",
) if {
	bypasses
}

bypasses if {
	some args in called.gh
	list := operands(args)
	some i, _ in list
	[list[i], list[i + 1]] in {["pr", "merge"], ["repo", "delete"], ["release", "delete"], ["release", "create"], ["workflow", "disable"], ["repo", "edit"], ["repo", "archive"], ["repo", "transfer"], ["ruleset", "delete"]}
}

bypasses if {
	some args in called.gh
	operands(args)[0] == "api"
	some i, arg in args
	changes_by_api(args, i, arg)
}

bypasses if {
	some args in called.glab
	list := operands(args)
	some i, _ in list
	[list[i], list[i + 1]] in {["mr", "merge"], ["repo", "delete"], ["release", "create"]}
}

bypasses if {
	some args in called.gh
	"--admin" in args
}

bypasses if {
	some [_, args] in of_kind.infrastructure
	some verb in operands(args)
	verb in {"destroy", "destroy-all"}
}

bypasses if {
	some [_, args] in of_kind.infrastructure
	some arg in args
	arg in {"-destroy", "--destroy"}
}

changes_by_api(args, i, arg) if {
	arg in {"-X", "--method"}
	upper(args[i + 1]) != "GET"
}

changes_by_api(_, _, arg) if regex.match(`^(-X|--method=)(POST|PUT|PATCH|DELETE)`, upper(arg))

changes_by_api(_, _, arg) if arg in {"-f", "-F", "--field", "--raw-field", "--input"}

of_command contains ask(
	"deploy_command",
	"The command changes a running system or publishes something; deploy through the deploy gate, or ask a lead to approve exactly this command.",
) if {
	deploys
}

deploys if {
	some [_, args] in of_kind.cluster
	some verb in operands(args)
	verb in {
		"apply", "create", "delete", "edit", "patch", "replace", "scale", "drain", "cordon", "rollout", "set", "taint", "annotate", "label", "exec",
		"cp", "run", "expose", "autoscale", "uncordon", "debug", "attach", "port-forward",
	}
}

deploys if {
	some [name, args] in of_kind.deploy
	some verb in operands(args)
	verb in deploy_verbs[name]
}

deploys if some _ in of_kind.always_deploys

# The verbs with which a program changes what runs, or publishes.
deploy_verbs := {
	"hub": {"merge", "release"},
	"helm": {"install", "upgrade", "uninstall", "delete", "rollback"},
	"terraform": {"apply", "import", "taint", "untaint", "state", "force-unlock"},
	"tofu": {"apply", "import", "taint", "untaint", "state", "force-unlock"},
	"terragrunt": {"apply", "run-all", "import", "state"},
	"pulumi": {"up", "import", "cancel", "refresh", "state"},
	"cdk": {"deploy"},
	"serverless": {"deploy", "remove"},
	"sls": {"deploy", "remove"},
	"sam": {"deploy", "delete"},
	"vercel": {"deploy", "remove", "rm", "promote", "rollback"},
	"netlify": {"deploy"},
	"fly": {"deploy", "destroy", "scale"},
	"flyctl": {"deploy", "destroy", "scale"},
	"heroku": {"apps:destroy", "pg:reset", "releases:rollback"},
	"wrangler": {"deploy", "publish", "delete"},
	"firebase": {"deploy"},
	"argocd": {"sync", "delete", "rollback"},
	"npm": {"publish", "unpublish", "deprecate", "dist-tag", "access", "owner", "token"},
	"pnpm": {"publish"},
	"yarn": {"publish"},
	"cargo": {"publish", "yank"},
	"gem": {"push", "yank"},
	"twine": {"upload"},
	"poetry": {"publish"},
	"uv": {"publish"},
	"docker": {"push", "login"},
	"podman": {"push", "login"},
	"gh": {"secret", "variable", "auth", "workflow", "ssh-key"},
	"mvn": {"deploy", "release:perform"},
	"vault": {"write", "delete", "kv"},
}

# Cloud programs name their verb anywhere: all but looking is asked about.
deploys if {
	some [_, args] in of_kind.cloud
	not only_looks(args)
}

only_looks(args) if {
	some arg in operands(args)
	regex.match(`^(list|describe|get|show|ls|help|version|info|head|view|wait|tail|filter)(-|$)`, arg)
	not reveals_secret(args)
}

only_looks(args) if args[0] in {"--version", "--help", "help", "version"}

reveals_secret(args) if {
	some arg in args
	regex.match(`secret|password|access-token|print-|session-token|get-parameter|decrypt|login|keys?$`, arg)
}

# --- databases --------------------------------------------------------------------------------------------------

findings contains ask(
	"database_change",
	concat("", ["The statement ", what, "; narrow it, write a migration that is reviewed, or ask a lead to approve exactly this."]),
) if {
	some what in database_changes
}

# The statements: the text of a command that starts a database client, or what a tool for databases was handed.
statements contains lower(input.resource.command) if {
	some _ in of_kind.database
}

statements contains lower(text) if {
	some key in ["sql", "query", "statement", "statements", "command"]
	text := input.resource.arguments[key]
	is_string(text)
	input.resource.class in {"other", "network"}
}

database_changes contains "removes tables, data or a whole database" if {
	some text in statements
	regex.match(`\b(drop|truncate)(\s|/\*.*?\*/|--[^\n]*\n)+[a-z"\x60\[]|\bflush(all|db)\b|\bdropdatabase\b|\.drop\(|deletemany\(\s*\{?\s*\}?\s*\)|\bmigrate\s+reset\b|--force-reset`, text)
}

database_changes contains "removes tables, data or a whole database" if {
	some _ in of_kind.database_admin
}

database_changes contains "removes tables, data or a whole database" if {
	some task in ["db:drop", "db:reset", "db:purge", "db:truncate_all", "db:schema:load", "migrate:fresh", "migrate:reset", "db:wipe"]
	read.words[task]
}

database_changes contains "changes every row, because it has no condition" if {
	some text in statements
	some statement in split(text, ";")
	regex.match(`\bdelete(\s|/\*.*?\*/)+from\b|\bupdate\s+\S+\s+set\b`, statement)
	not regex.match(`\bwhere\b`, statement)
}

database_changes contains "changes every row, because its condition is always true" if {
	some text in statements
	regex.match(`\b(delete|update)\b[^;]*\bwhere\s+\(?\s*('?1'?\s*=\s*'?1'?|true|1\b|not\s+false)`, text)
}

database_changes contains "comes from a file or a pipe that cannot be read here" if {
	some command in commands
	"database" in settings.programs[command.name]
	unread(command.piped, command.args)
}

unread(true, _)

unread(_, args) if {
	some i, arg in args
	arg in {"-c", "-e", "--command", "--execute", "--eval", "-q", "--query", "-Q"}
	contains(args[i + 1], "$")
}

unread(_, args) if {
	some arg in args
	regex.match(`^(-f|--file|--queries-file|@)`, arg)
}

unread(_, _) if regex.match(`[^<]<[^<(]`, input.resource.command)
