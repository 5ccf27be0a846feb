package andon.policies.tool_calls

import data.andon.lib.paths

# The paths that the call names: of a tool those of its arguments, of a command the words that are paths. What a hook's door
# found in a command is left aside: the command is read here, with less guessing.
named contains path if {
	not commands
	some path in input.resource.paths
}

named contains path if {
	some word in read.words
	some path in paths_in(word)
}

named contains path if {
	is_patch
	some line in split(input.resource.command, "\n")
	regex.match(`^\*\*\* (Add|Update|Delete) File: |^\*\*\* Move to: `, line)
	parts := split(line, ": ")
	path := concat(": ", array.slice(parts, 1, count(parts)))
}

# A word may hold a path behind `=`, `:`, `@` or in a brace list. A sentence (a message, a program) is no path but as a whole.
paths_in(word) := {word} if {
	not compound
} else := {word} if {
	contains(word, " ")
} else := {word} if {
	contains(word, "://")
	not contains(word, "file://")
} else := {word} | {part |
	some part in split(strings.replace_n({"=": ",", ":": ",", "@": ",", "{": ",", "}": ","}, word), ",")
	part != ""
}

# Always a value: what is undefined is worked out anew each time.
compound if {
	some sign in ["=", ":", "@", "{"]
	contains(spelled, sign)
} else := false

# --- outside the workspace --------------------------------------------------------------------------------------

findings contains refuse(
	"outside_workspace",
	"The call would change files outside the workspace; work inside it, or ask the platform team to add the folder to the writable ones.",
) if {
	some path in written
	away(path, settings.writable_outside)
}

findings contains ask(
	"outside_workspace",
	"The call reads files outside the workspace; copy what you need into it, or ask a lead to approve the read.",
) if {
	some path in named
	leads_away(path)
	not path in written
	away(path, settings.writable_outside)
	away(path, settings.readable_outside)
}

findings contains ask(
	"outside_workspace",
	"The call changes files whose place cannot be told, because a variable names them or the workspace is not known; write the path out, or ask a lead.",
) if {
	some path in written
	not straight_inside(path)
	not away(path, settings.writable_outside)
	paths.place(path, context.cwd, context.workspace) == "unknown"
	not listed_folder(path, settings.writable_outside)
}

straight_inside(path) if {
	startswith(path, concat("", [context.workspace, "/"]))
	not contains(path, "..")
	paths.narrow(context.workspace)
}

away(path, folders) if {
	leads_away(path)
	paths.place(path, context.cwd, context.workspace) == "outside"
	not listed_folder(path, folders)
}

# With no workspace known, an absolute path is outside of it.
away(path, folders) if {
	leads_away(path)
	paths.place(path, context.cwd, context.workspace) == "unknown"
	not contains(path, "$")
	not listed_folder(path, folders)
}

listed_folder(path, folders) if {
	place := paths.absolute(path, context.cwd)
	some folder in folders
	startswith(concat("", [place, "/"]), folder)
}

# Only such a path can be outside; a plain relative one is not even looked up.
leads_away(path) if {
	startswith(path, "/")
	not straight_inside(path)
}

leads_away(path) if startswith(path, "~")

leads_away(path) if contains(path, "..")

leads_away(path) if startswith(path, "\\\\")

leads_away(path) if {
	substring(path, 1, 1) == ":"
	substring(path, 2, 1) in {"\\", "/"}
}

written contains path if {
	input.resource.class in {"write", "install", "other"}
	not commands
	some path in input.resource.paths
}

written contains path if {
	is_patch
	some path in named
}

written contains path if {
	some path in read.writes
	path != "&"
}

written contains path if {
	some [_, args] in of_kind.writes_all
	some path in operands(args)
	path_like(path)
}

written contains path if {
	some [_, args] in of_kind.writes_last
	targets := operands(args)
	path := targets[count(targets) - 1]
	path_like(path)
}

written contains path if {
	some [_, args] in of_kind.edits
	some arg in args
	startswith(arg, "-i")
	some path in operands(args)
	leads_away(path)
}

written contains path if {
	some [_, args] in of_kind.writes_flagged
	some path in set_by_flag(args)
	leads_away(path)
}

path_like(path) if leads_away(path)

path_like(path) if contains(path, "$")

set_by_flag(args) := {args[i + 1] |
	some i, arg in args
	arg in {"-C", "-d", "-o", "-O", "-P", "--directory", "--output", "--output-dir", "--directory-prefix"}
} | {substring(arg, 3, -1) | some arg in args; startswith(arg, "of=")}

# --- secrets ----------------------------------------------------------------------------------------------------

findings contains refuse(
	"secrets_file",
	"The call touches a file that holds secrets; use the example file, or ask the platform team for a credential made for the agent.",
) if {
	some path in named
	secret(path)
}

secret(path) if {
	name := lower(paths.base(path))
	secret_name(name)
	not name in settings.not_secret
	not sentence(path)
}

secret(path) if {
	dotted(path)
	some part in split(lower(path), "/")
	part in settings.secret_folders
}

secret(path) if {
	dotted(path)
	parts := split(lower(path), "/")
	some i, part in parts
	concat("/", [parts[i - 1], part]) in settings.secret_files
}

# A name in the path begins with a dot, as those of folders for secrets and settings do.
dotted(path) if startswith(path, ".")

dotted(path) if contains(path, "/.")

# A message or a filter of jq looks like a path and is none.
sentence(text) if count(split(text, " ")) > 2

sentence(text) if {
	startswith(text, ".")
	not contains(text, "/")
	some [_, args] in of_kind.filters
	operands(args)[0] == text
}

secret_name(name) if name in settings.secret_files

secret_name(name) if startswith(name, ".env.")

secret_name(name) if {
	contains(name, ".")
	parts := split(name, ".")
	parts[count(parts) - 1] in settings.secret_endings
}

# A pattern that hidden files match may match a secret.
secret_name(name) if {
	startswith(name, ".")
	pattern(name)
}

pattern(text) if contains(text, "*")

pattern(text) if contains(text, "?")

pattern(text) if contains(text, "[")

findings contains ask(
	"environment_dump",
	"The command prints the environment, which holds keys; print the one variable that you need, or ask a lead to approve it.",
) if {
	dumps_environment
}

dumps_environment if {
	some args in called.env
	every arg in args {
		startswith(arg, "-")
	}
}

dumps_environment if [] in called.printenv

dumps_environment if [] in called.set

dumps_environment if [] in called.export

dumps_environment if {
	some [_, args] in of_kind.declares
	some arg in args
	arg in {"-p", "-x", "-px", "-xp"}
}

dumps_environment if {
	some path in named
	startswith(path, "/proc/")
	endswith(path, "/environ")
}

# --- the guard's own files --------------------------------------------------------------------------------------

findings contains forbid(
	"guard_files",
	"The call would change the files that guard this agent (hooks, agent settings, git hooks); a person must change them, outside of the agent.",
) if {
	some path in named
	guard(path)
	not only_reads(path)
}

# The path is a guarded file, lies in a guarded folder, or is the folder that holds one and is moved or deleted.
guard(path) if {
	dotted(path)
	parts := [part | some part in split(lower(paths.clean(path)), "/"); part != "."]
	some i, part in parts
	startswith(part, ".")
	guarded_from(path, parts, i, part)
}

guard(path) if lower(paths.base(path)) in settings.guarded_files

guarded_from(_, _, _, part) if concat("", [part, "/"]) in settings.guarded_files

guarded_from(_, parts, i, part) if concat("/", [part, parts[i + 1]]) in settings.guarded_files

guarded_from(_, parts, i, part) if concat("", [part, "/", parts[i + 1], "/"]) in settings.guarded_files

# A pattern inside such a folder may match the file.
guarded_from(_, parts, i, part) if {
	some rest in array.slice(parts, i + 1, count(parts))
	pattern(rest)
	holds_guarded(part)
}

guarded_from(path, parts, i, part) if {
	i == count(parts) - 1
	some [_, args] in of_kind.writes_all
	path in args
	holds_guarded(part)
}

holds_guarded(folder) if {
	some entry in settings.guarded_files
	startswith(entry, concat("", [folder, "/"]))
}

only_reads(_) if input.resource.class == "read"

# In a command, a program that only shows files may name them.
only_reads(path) if {
	not path in written
	not path in read.writes
	count(commands) > 0
	every command in commands {
		"reads" in settings.programs[command.name]
	}
}
