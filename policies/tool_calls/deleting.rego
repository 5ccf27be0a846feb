package andon.policies.tool_calls

import data.andon.lib.paths

findings contains forbid(
	"disk_wipe",
	"The command would wipe a disk, the system, a home folder or the whole workspace; nobody can approve that here, so delete only what you made.",
) if {
	wipes
}

wipes if {
	some args in called.rm
	recursive(args)
	some target in operands(args)
	everything(target)
}

wipes if {
	some command in commands
	startswith(command.name, "mkfs")
}

wipes if {
	some _ in of_kind.disk
}

wipes if {
	some args in called.dd
	some arg in args
	startswith(arg, "of=/dev/")
	device(substring(arg, 3, -1))
}

wipes if {
	some target in read.writes
	device(target)
}

wipes if {
	some args in called.diskutil
	some arg in args
	startswith(lower(arg), "erase")
}

wipes if contains(replace(input.resource.command, " ", ""), ":(){:|:&};:")

wipes if {
	some [_, args] in of_kind.mode
	recursive(args)
	some target in operands(args)
	everything(target)
}

wipes if {
	some args in called.find
	"-delete" in args
	everything(args[0])
	args[0] != "."
	count(args) < 5
}

device(path) if {
	startswith(path, "/dev/")
	not path in {"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/zero"}
	not startswith(path, "/dev/fd/")
	not startswith(path, "/dev/shm/")
	not startswith(path, "/dev/tcp/")
	not startswith(path, "/dev/udp/")
}

recursive(args) if {
	some arg in args
	startswith(arg, "-")
	short_or_long_recursive(arg)
}

short_or_long_recursive(arg) if {
	not startswith(arg, "--")
	contains(lower(arg), "r")
}

short_or_long_recursive(arg) if startswith("--recursive", arg)

operands(args) := [arg | some arg in args; not startswith(arg, "-"); arg != ";"]

# The root, a home, a system folder, or the workspace itself with all that is in it.
everything(target) if target in {"/", "/*", "~", "~/", "~/*", ".", "./", "*", "./*", "..", "../", "../*", ".*", "$HOME", "$HOME/", "$HOME/*", "${HOME}", "${HOME}/", "${HOME}/*", "$PWD", "$PWD/*"}

everything(target) if {
	path := trim_suffix(target, "/*")
	not contains(path, "$")
	place := paths.absolute(path, context.cwd)
	topmost(place)
}

topmost(path) if {
	not paths.narrow(path)
}

topmost(path) if path == paths.clean(context.workspace)

topmost(path) if startswith(context.workspace, concat("", [path, "/"]))

topmost(path) if {
	startswith(path, "/")
	count(split(path, "/")) == 2
	path != "/tmp"
	not startswith(context.workspace, "/tmp/x")
}

context := {"cwd": cwd, "workspace": workspace} if {
	workspace := text_or(object.get(input.context, "workspace", null), object.get(input.context, "cwd", null))
	cwd := text_or(object.get(input.context, "cwd", null), workspace)
}

text_or(value, other) := value if {
	is_string(value)
} else := other if {
	is_string(other)
} else := ""

of_command contains ask(
	"destructive_command",
	concat("", ["The command ", what, ", which may not be undone; narrow it, or ask a lead to approve exactly this command."]),
) if {
	some what in destroys
}

destroys contains "deletes a folder with all that is in it" if {
	some args in called.rm
	recursive(args)
	some target in operands(args)
	not disposable(target)
}

destroys contains "deletes files that another command names" if {
	some command in commands
	command.name == "rm"
	command.wrapped
}

destroys contains "deletes files that are not written out" if {
	some args in called.rm
	some target in operands(args)
	contains(target, "$")
}

destroys contains "deletes every file it finds" if {
	some [_, args] in of_kind.find
	"-delete" in args
}

destroys contains "deletes every file it finds" if {
	some [_, args] in of_kind.find
	some arg in args
	arg in {"-exec", "-execdir", "-ok", "-x", "-X"}
	some word in args
	word in {"shred", "unlink", "truncate", "rmdir", "mv", "sh", "bash", "perl", "python3"}
}

destroys contains "overwrites files so that they cannot be restored" if some _ in of_kind.shred

destroys contains "deletes a folder with all that is in it" if {
	some [_, args] in of_kind.folder_delete
	some arg in args
	lower(arg) in {"-recurse", "-r", "-force", "/s", "/q", "-rf"}
}

destroys contains "deletes files that the target does not know of" if {
	some args in called.rsync
	some arg in args
	startswith(arg, "--del")
}

destroys contains "takes away protection from files" if {
	some args in called.chmod
	recursive(args)
	some arg in args
	arg in {"777", "a+rwx", "0777", "a+w", "o+w", "666"}
}

destroys contains "lets a file run with the rights of another user" if {
	some args in called.chmod
	some arg in args
	regex.match(`^([ugoa]*\+[rwx]*s|[2467][0-7]{3}$)`, arg)
}

destroys contains "removes scheduled jobs" if called.crontab

destroys contains "stops or changes services of the machine" if {
	some [_, args] in of_kind.service
	not only_shows(args)
}

only_shows(args) if {
	some arg in args
	arg in {"status", "list", "is-active", "show", "list-units", "-L"}
}

destroys contains "turns off the machine" if {
	some _ in of_kind.power
}

destroys contains "removes containers, volumes or images" if {
	some [_, args] in of_kind.container
	some arg in args
	arg in {"prune", "rm", "rmi", "kill", "--volumes"}
	not "run" in args
}

destroys contains "removes containers, volumes or images" if {
	some [_, args] in of_kind.container
	"down" in args
	"-v" in args
}

destroys contains "ends every process" if {
	some args in called.kill
	some i, arg in args
	i > 0
	arg == "-1"
}

disposable(target) if {
	not contains(target, "$")
	not contains(target, "..")
	not contains(target, "*")
	some name in split(target, "/")
	name in settings.disposable_folders
}

disposable(target) if {
	not contains(target, "$")
	not contains(target, "..")
	some folder in settings.writable_outside
	startswith(target, folder)
	count(target) > count(folder)
	not startswith(substring(target, count(folder), -1), "*")
}
