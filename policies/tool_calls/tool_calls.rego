# METADATA
# title: Tool calls
# description: |
#   What an agent's tool may touch: no deletion that cannot be undone, nothing outside the workspace, no secrets, no unknown
#   hosts, no new packages and no way around the gates, unless a person agrees.
# custom:
#   page: tool_calls.md
package andon.policies.tool_calls

import data.andon.lib.shell

# METADATA
# title: The actions that this policy covers
actions := {"tool.call"}

settings := data.settings.tool_calls

ready if is_object(settings.programs)

tool := input.resource.tool

# A patch is text in the place of a command (Codex sends apply_patch so): its paths count, its lines are no commands.
is_patch if startswith(input.resource.command, "*** Begin Patch")

# The command as the shell would read it, or as much as can be known.
read := shell.read(input.resource.command, settings.programs) if not is_patch

commands := read.commands

# Every word once, with no quotes: to look a text up in all of them at once.
spelled := concat(" ", read.words)

# The arguments of each program that the command starts, by its name.
called[command.name] contains command.args if some command in commands

# The same by what the settings say of the program: [name, arguments].
of_kind[kind] contains [command.name, command.args] if {
	some command in commands
	some kind in settings.programs[command.name]
}

# What every rule that asks a person hands over.
approval(class) := {
	"class": class,
	"quorum": settings.approval_quorum,
	"roles": ["lead"],
	"expiresMinutes": settings.approval_minutes,
}

ask(rule, reason) := {"effect": "require_approval", "rule": rule, "reason": reason, "approval": approval(rule)}

refuse(rule, reason) := {"effect": "deny", "rule": rule, "reason": reason}

forbid(rule, reason) := {"effect": "deny", "rule": rule, "reason": reason, "hard": true}

# METADATA
# title: What this tool call runs into
findings contains forbid(
	"settings_missing",
	"The settings of this policy are missing, so nothing can be judged; the platform team must restore them.",
) if {
	not ready
}

# Most rules look at programs that do something: where there is none, they are not evaluated.
findings contains finding if {
	acts
	some finding in of_command
}

acts if {
	some kind, _ in of_kind
	kind != "reads"
}

findings contains ask("unreadable_command", concat("", [
	"The command cannot be checked because ", concat(" and ", sort(read.unreadable)),
	"; write it as plain commands, or ask a lead to approve it as it is.",
])) if {
	count(read.unreadable) > 0
}

findings contains ask(
	"unreadable_command",
	"A tool that runs commands was called without the command's text; send the command, or ask a lead to approve the call.",
) if {
	input.resource.class == "execute"
	object.get(input.resource, "command", "") == ""
	not only_waits
}

# Codex asks a running program for its output by typing nothing into it.
only_waits if input.resource.arguments.chars == ""

findings contains ask(
	"unknown_tool",
	"This tool is not on the list of known tools or approved MCP servers; ask a lead to approve the call or add the tool to the list.",
) if {
	input.resource.class == "other"
	not known_tool
}

known_tool if tool in settings.harmless_tools

known_tool if approved_server

approved_server if {
	parts := split(tool, "__")
	parts[0] == "mcp"
	parts[1] in settings.approved_mcp_servers
}
