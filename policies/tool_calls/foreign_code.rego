package andon.policies.tool_calls

import data.andon.lib.paths

downloads if some _ in of_kind.fetch

downloads if some _ in of_kind.connect

of_command contains refuse(
	"remote_code",
	"The command runs code straight from the network, which nobody has read; download it into the workspace, read it, and run the file.",
) if {
	downloads
	runs_unseen
}

of_command contains ask(
	"unreadable_command",
	"The command hands text to a shell or an interpreter that cannot be checked beforehand; write it as plain commands, or ask a lead to approve it.",
) if {
	runs_unseen
	not downloads
}

of_command contains ask(
	"unreadable_command",
	"The command lets a program for texts or archives start other programs; start them in the command itself, or ask a lead to approve it.",
) if {
	some [_, args] in of_kind.starts_by_script
	some arg in args
	regex.match(`/[gpIi0-9]*e[gpIi]*$|^[0-9,$]*e($|\s)|^--(checkpoint-action|to-command|use-compress-program|rsync-path|rsh)|^\+?:?!|:!`, arg)
}

# A shell or interpreter that takes its program from a pipe, or from what another command prints.
runs_unseen if {
	some command in commands
	command.piped
	interpreter(command.name)
	takes_stdin(command.args)
}

runs_unseen if {
	some [_, args] in of_kind.evaluates
	unseen(args)
}

runs_unseen if {
	some [_, args] in of_kind.shell
	some arg in args
	contains(arg, "$(")
}

runs_unseen if {
	some [_, args] in of_kind.shell
	some arg in args
	startswith(arg, "`")
}

runs_unseen if {
	contains(input.resource.command, "<(")
	some [_, args] in of_kind.interpreter
	takes_stdin(args)
}

# A text in the place of an input file, or one that only the moment of running fills in.
runs_unseen if {
	contains(input.resource.command, "<<<")
	some [_, args] in of_kind.interpreter
	takes_stdin(args)
}

runs_unseen if {
	some [_, args] in of_kind.shell
	some i, arg in args
	startswith(arg, "-")
	endswith(arg, "c")
	regex.match(`\{\}|^\$`, args[i + 1])
}

runs_unseen if some _ in of_kind.schedules

# A file that was downloaded in the same breath.
runs_unseen if {
	downloads
	some file in saved
	some command in commands
	not fetches(command.name)
	ran(paths.base(file), command.name, command.args)
}

fetches(name) if "fetch" in settings.programs[name]

saved contains file if some file in read.writes

saved contains file if {
	some args in called.tee
	some file in operands(args)
}

saved contains file if {
	some [_, args] in of_kind.fetch
	some file in set_by_flag(args)
}

saved contains file if {
	some [_, args] in of_kind.fetch
	some file in args
	regex.match(`\.(sh|bash|py|js|mjs|pl|rb|ps1|run|bin)$`, file)
}

ran(file, name, _) if file == name

ran(file, name, runs) if {
	interpreter(name)
	some run in runs
	paths.base(run) == file
}

unseen([])

unseen(args) if {
	some arg in args
	contains(arg, "$")
}

unseen(args) if {
	some arg in args
	contains(arg, "`")
}

takes_stdin(args) if {
	every arg in args {
		startswith(arg, "-")
		not arg in {"-m", "-c", "-e", "-p", "-n", "--eval", "--print", "--version", "-V", "-v", "--help"}
	}
}

takes_stdin(args) if args[0] in {"-s", "-", "/dev/stdin"}

interpreter(name) if "interpreter" in settings.programs[name]

of_command contains ask(
	"privileged",
	"The command asks for the rights of another user; do it without, or ask a lead to approve it.",
) if {
	some _ in of_kind.privilege
}

of_command contains ask(
	"privileged",
	"The container would reach the machine it runs on; run it without these rights, or ask a lead to approve it.",
) if {
	some [_, args] in of_kind.container
	some arg in args
	regex.match(`^--(privileged|pid=host|ipc=host|userns=host|cap-add)|docker\.sock`, arg)
}

of_command contains ask(
	"inline_code",
	"The command carries a program that reaches files, processes or the network and cannot be checked; put it in a file of the workspace, or ask a lead to approve it.",
) if {
	settings.inline_code > 0
	some code in inline_code
	not plain_code(code)
}

# A here-document that an interpreter reads is such a program too.
inline_code contains code if {
	some code in read.documents
	some [name, args] in of_kind.inline
	not "shell" in settings.programs[name]
	takes_stdin(args)
}

inline_code contains code if {
	some [name, args] in of_kind.inline
	some code in code_in(name, args)
}

code_in(name, args) := {args[0]} if {
	name in {"awk", "gawk"}
} else := {args[i + 1] |
	some i, arg in args
	regex.match(`^(-[a-zA-Z]*[ceEpr]|--eval|--print|-command|-encodedcommand|eval)$`, arg)
}

risky_code := concat("", [
	`(?i)__|eval|exec|open|attr|globals|globalthis|locals|compile|function|constructor|process|fetch|child|spawn|system|socket|http|url`,
	`|write|unlink|remove|\brm|delete|\bfs\b|\bos\b|subprocess|shutil|path|base64|atob|buffer|fromchar|chr\(|\bsh\b|\bio\b|import\s*\(`,
	`|\$\(|\|\s*"|>\s*"|\x60|\\x|\\u|\[[^\]]*\+|\|\s*getline|qx|%x`,
])

# Code that only computes and prints: none of the words that reach further, once harmless imports are taken out.
plain_code(code) if {
	settings.inline_code == 1
	text := strings.replace_n({"process.version": "", "process.argv": "", "process.platform": "", "sys.stdin": "", "sys.argv": "", "console.": ""}, code)
	not regex.match(risky_code, text)
	every found in regex.find_all_string_submatch_n(`(?:import|from|require\s*\(?)\s*['"]?([^'")\s;,]*)`, text, -1) {
		harmless_module(found[1])
	}
}

harmless_module(name) if name in {"json", "sys", "re", "math", "datetime", "time", "statistics", "random", "collections", "itertools", "functools", "string", "decimal", "fractions", "uuid", "hashlib", "assert", "node:assert", "util", "node:util", "crypto", "node:crypto"}

harmless_module(name) if {
	startswith(name, "./")
	endswith(name, ".json")
	not contains(name, "..")
}
