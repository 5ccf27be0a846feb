# METADATA
# title: Reading paths
# description: |
#   Where a path leads, told from its text alone: no disk is read, so a link is taken for what it is called. A path that
#   cannot be placed (it holds a variable, or the workspace is not known) is `unknown`, never `inside`.
package andon.lib.paths

# place: "inside" the workspace, "outside" or "unknown". Takes a path as written, the working folder and the workspace.
place(path, cwd, workspace) := "inside" if {
	relative(path)
	not contains(path, "..")
	not contains(path, "$")
	within(clean(cwd), clean(workspace))
	narrow(clean(workspace))
} else := "unknown" if {
	contains(path, "$")
} else := "unknown" if {
	not narrow(clean(workspace))
} else := "inside" if {
	within(absolute(path, cwd), clean(workspace))
} else := "outside"

# absolute: the path from the root, with `.` and `..` taken out. `~` stays as the name of the home folder.
absolute(path, cwd) := clean(path) if {
	not relative(path)
} else := clean(concat("/", [cwd, path]))

relative(path) if {
	not startswith(path, "/")
	not startswith(path, "~")
	not contains(path, "\\")
	substring(path, 1, 1) != ":"
}

# A path without `.`, `..`, doubled slashes or a slash at its end. `..` takes away the last name before it that still stands.
clean(path) := path if {
	not contains(path, "/.")
	not contains(path, "//")
	not contains(path, "\\")
	not endswith(path, "/")
} else := concat("", [lead(straight), concat("/", kept)]) if {
	straight := replace(path, "\\", "/")
	names := [name | some name in split(straight, "/"); not name in {"", "."}]
	kept := [name | some i, name in names; name != ".."; not taken(names, i)]
}

lead(path) := "/" if startswith(path, "/")

else := ""

taken(names, i) if {
	some j, _ in names
	j > i
	after := array.slice(names, i + 1, j + 1)
	ups := count([name | some name in after; name == ".."])
	ups * 2 > count(after)
}

within(path, folder) if path == folder

within(path, folder) if startswith(path, concat("", [folder, "/"]))

# A workspace that is the root, a folder of the system or a whole home would make everything "inside".
narrow(workspace) if {
	not workspace in {
		"", "/", "~", ".", "/home", "/root", "/Users", "/etc", "/usr", "/var", "/opt", "/tmp", "/bin", "/lib", "/boot", "/dev", "/proc", "/sys",
		"/srv", "/mnt", "/media", "/private", "/Volumes", "C:", "C:/Users",
	}
	not home(split(workspace, "/"))
}

home(parts) if {
	count(parts) == 3
	parts[1] in {"home", "Users"}
}

base(path) := path if {
	not contains(path, "/")
} else := parts[count(parts) - 1] if {
	parts := split(trim_right(path, "/"), "/")
}
