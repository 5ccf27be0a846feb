# METADATA
# title: Reading shell commands
# description: |
#   Turns the text of a shell command into the commands it runs, without running it. Rego has no recursion, so the
#   text is cut by string operations: quotes first, then separators, then words. Text inside `$( )`, backquotes,
#   `( )`, `bash -c`, `eval`, here-documents for a shell and `find -exec` counts as commands, three levels deep.
#   Whatever cannot be read with certainty is reported in `unreadable`; a caller MUST treat that as a reason to ask.
#   Words keep a `$` only where the shell would expand it.
package andon.lib.shell

# A command longer than this, or with more quotes, is not read but asked about: the work grows with the square.
max_length := 20000

max_marks := 160

# More words behind a program that starts others are not looked through: each may be a program, with all that follow as its words.
max_wrapped := 200

# Marks that stand for themselves in the text while it is cut. A command that already holds one is unreadable.
#   \u0001 around a quote     \u0002 an escaped backslash   \u0003 an escaped double quote   \u0004 an escaped space
#   \u0005 a dollar or backquote that is only text     \u0006 an escaped separator
#      \u001e between commands     \u001f between words

# read: the commands of a text.
# Takes the text and the kinds of programs; gives {commands: [{name, args, piped, wrapped, hidden}], words: {every word}, writes: {targets of > and >>}, documents: {bodies of here-documents},
# unreadable: {reasons}}. `name` is the program without its folder, in lower case; `args` its words; `piped`: its input is the
# output of the one before; `wrapped`: another program starts it, or may: every word behind a wrapper
# that names a known program is listed.
read(text, programs) := {"commands": commands, "words": words, "writes": writes, "documents": set(), "unreadable": unreadable} if {
	plain(text)
	cut_up := segments(separate(text))
	commands := [command | some segment in cut_up; some command in commands_of(segment, programs)]
	words := {word | some segment in cut_up; some word in segment}
	writes := targets(text, cut_up)
	unreadable := unnamed(commands)
} else := {"commands": commands, "words": words, "writes": writes, "documents": documents, "unreadable": unreadable} if {
	first := lex(text)
	inner := scripts(first, programs)
	second := [lex(script) | some script in inner]
	deeper := {script | some one in second; some script in scripts(one, programs)}
	third := [lex(script) | some script in deeper]
	all_lexed := array.concat([first], array.concat(second, third))
	commands := [command | some one in all_lexed; some segment in one.segments; some command in commands_of(segment, programs)]
	words := {word | some one in all_lexed; some segment in one.segments; some word in segment}
	writes := {target | some one in all_lexed; some target in targets(text, one.segments)}
	documents := {body | some one in all_lexed; some body in one.bodies}
	nested_too_deep := {"it nests commands too deep" | some one in third; some _ in scripts(one, programs)}
	unreadable := ({one.problem | some one in all_lexed; one.problem != ""} | nested_too_deep) | unnamed(commands)
}

unnamed(commands) := {"the program it starts is not written out" | some command in commands; command.hidden}

targets(text, cut_up) := {segment[i + 1] | some segment in cut_up; some i, word in segment; word == ">"} if {
	contains(text, ">")
} else := set()

# lex: one level of a text. Gives {segments: [[word]], quoted: {texts in double quotes that run commands}, bodies: {here-documents},
# problem: "" or why it cannot be read}.
lex(text) := broken("it is too long") if {
	count(text) > max_length
} else := broken("it nests backquotes") if {
	escaped_backquotes := count(split(text, "\\`"))
	escaped_backquotes > 1
	count(split(text, "`")) > escaped_backquotes
} else := broken("it holds control characters") if {
	some mark in ["\u0000", "\u0001", "\u0002", "\u0003", "\u0004", "\u0005", "\u0006", "\u001e", "\u001f", "\r"]
	contains(text, mark)
} else := result if {
	stripped := without_documents(text)
	stripped.problem == ""
	pieces := cut(stripped.text)
	pieces.problem == ""
	quoted := {piece | some [kind, piece] in pieces.list; kind == "double"; runs_commands(piece)}
	result := {
		"segments": segments(restored(concat("", [rendered(kind, piece) | some [kind, piece] in pieces.list]))),
		"quoted": quoted,
		"bodies": stripped.bodies,
		"problem": unbalanced(quoted),
	}
} else := broken("its quotes or here-documents do not close")

broken(why) := {"segments": [], "quoted": set(), "bodies": set(), "problem": why}

# plain: nothing in the text needs more than separators.
plain(text) if {
	not contains(text, "\"")
	not contains(text, "'")
	not contains(text, "\\")
	not contains(text, "#")
	not contains(text, "<<")
	not contains(text, "\u001e")
	not contains(text, "\u001f")
	count(text) <= max_length
}

# separate: unquoted text with its separators replaced by marks.
separate(text) := strings.replace_n(
	{
		" ": "\u001f", "\t": "\u001f", "\n": "\u001e", ";": "\u001e", "&": "\u001e", "|": "\u001e|\u001f",
		"(": "\u001e", ")": "\u001e", "`": "\u001f$\u001e", "<": "\u001f<\u001f", ">": "\u001f>\u001f", "\\": "",
	},
	joined_redirects(text),
)

# `2>&1` and `&> file` hold an `&` that ends no command.
joined_redirects(text) := replace(replace(text, ">&", "> "), "&>", "> ") if {
	contains(text, "&")
	contains(text, ">")
} else := text

segments(marked) := [words |
	some part in split(marked, "\u001e")
	words := [word | some word in split(part, "\u001f"); word != ""]
	words != []
	words != ["|"]
]

restored(word) := strings.replace_n({"\u0002": "\\", "\u0003": "\"", "\u0004": " ", "\u0006": ";"}, word)

rendered(kind, piece) := separate(piece) if {
	kind == "open"
} else := replace(piece, "$", "\u0005") if {
	kind == "single"
} else := piece if {
	kind == "double"
} else := "\u001e"

# cut: the text in pieces [kind, text]; kind is open (unquoted), single, double or comment.
cut(text) := {"problem": "", "list": list} if {
	not contains(text, "'")
	not contains(text, "#")
	parts := split(escaped(text), "\"")
	count(parts) % 2 == 1
	list := [[["open", "double"][i % 2], part] | some i, part in parts]
} else := cut_with_marks(text)

escaped(text) := text if {
	not contains(text, "\\")
} else := strings.replace_n(object.union(escapes, {"\\\n": ""}), text)

# What a backslash takes the meaning from.
escapes := {
	"\\\\": "\u0002", "\\\"": "\u0003", "\\ ": "\u0004", "\\$": "\u0005", "\\`": "\u0005", "\\;": "\u0006", "\\&": "\u0006",
	"\\|": "\u0006", "\\(": "\u0006", "\\)": "\u0006", "\\<": "\u0006", "\\>": "\u0006",
}

# With two kinds of quotes or comments, every mark (a quote, a line end, a #) is a place. From each place that could open,
# the place where the next one could open after its close is known: what is reachable from the first one really opens.
cut_with_marks(text) := result if {
	parts := split(marked(text), "\u0001")
	count(parts) <= 2 * max_marks
	openers := [i | some i, part in parts; opens(parts, i, part)]
	closers := {i: close(parts, i, count(parts)) | some i in openers}
	starts := {min(after) |
		after := {i | some i in openers}
		count(after) > 0
	}
	next := {i: {min(after)} |
		some i, closed in closers
		after := {j | some j in openers; j > closed}
		count(after) > 0
	}
	ends := {i: set() | some i in openers; not next[i]}
	real := graph.reachable(object.union(ends, next), starts)
	spans := [[i, closers[i]] | some i in sort(real)]
	not unclosed(parts, spans)
	list := [[kind_at(parts, spans, i), piece_text(parts, spans, i, part)] | some i, part in parts]
	result := {"problem": "", "list": list}
} else := {"problem": "its quotes do not close or are too many", "list": []}

marked(text) := strings.replace_n(
	object.union(escapes, {
		"\\\n": "\u0001c\u0001", "\\'": "\u0001e\u0001", "'": "\u0001'\u0001", "\"": "\u0001\"\u0001", "#": "\u0001#\u0001",
		"\n": "\u0001n\u0001",
	}),
	text,
)

opens(_, i, part) if {
	i % 2 == 1
	part in {"'", "\""}
}

opens(parts, i, part) if {
	i % 2 == 1
	part == "#"
	starts_word(parts, i)
}

starts_word(parts, i) if {
	parts[i - 1] != ""
	substring(parts[i - 1], count(parts[i - 1]) - 1, 1) in {" ", "\t", ";", "&", "|", "(", ")"}
}

starts_word(parts, i) if {
	parts[i - 1] == ""
	i == 1
}

starts_word(parts, i) if {
	parts[i - 1] == ""
	parts[i - 2] in {"n", "c"}
}

close(parts, i, otherwise) := min(ends) if {
	ends := {j | some j, part in parts; j > i; j % 2 == 1; closes(parts[i], part)}
	count(ends) > 0
} else := otherwise

closes("'", part) if part in {"'", "e"}

closes("\"", "\"")

closes("#", part) if part in {"n", "c"}

unclosed(parts, spans) if {
	some [i, closed] in spans
	parts[i] != "#"
	closed == count(parts)
}

kind_at(parts, spans, i) := {"'": "single", "\"": "double", "#": "comment"}[parts[open]] if {
	some [open, closed] in spans
	i >= open
	i <= closed
} else := "open"

# The marks at the two ends of a span are no text; within one, and outside, each mark is what it was.
piece_text(parts, spans, i, _) := "" if {
	i % 2 == 1
	some [open, closed] in spans
	i in {open, closed}
	not parts[i] in {"n", "e"}
} else := part if {
	i % 2 == 0
	part := parts[i]
} else := {"'": "'", "\"": "\"", "e": text_of_escape(spans, i), "c": "", "#": "#", "n": "\n"}[parts[i]]

# The quote of `\'` closes single quotes, and the backslash stays.
text_of_escape(spans, i) := "\u0002" if {
	some [_, closed] in spans
	i == closed
} else := "'"

# A text in double quotes that runs commands is cut exactly only when each $( closes inside it: quotes may nest there.
runs_commands(piece) if contains(piece, "$(")

runs_commands(piece) if contains(piece, "`")

unbalanced(quoted) := "it runs a command inside quotes inside quotes" if {
	some piece in quoted
	count(split(piece, "(")) != count(split(piece, ")"))
} else := ""

# --- here-documents ---------------------------------------------------------------------------------------------

# without_documents: the text without the bodies of its here-documents (at most four), and the bodies.
without_documents(text) := {"text": text, "bodies": set(), "problem": ""} if {
	not contains(text, "<<")
} else := result if {
	one := drop_document({"text": text, "bodies": set(), "problem": "", "more": true})
	two := drop_document(one)
	three := drop_document(two)
	result := drop_document(three)
	not result.more
} else := {"text": "", "bodies": set(), "problem": "it has too many here-documents"}

drop_document(state) := state if {
	not state.more
} else := result if {
	at := first_document(state.text)
	at >= 0
	head := substring(state.text, 0, at)
	tail := substring(state.text, at + 2, -1)
	opening := regex.find_all_string_submatch_n(`^(-?)[ \t]*(["'\\]?)([A-Za-z_][A-Za-z0-9_]*)["']?([^\n]*)\n`, tail, 1)[0]
	rest := substring(tail, count(opening[0]), -1)
	lines := split(rest, "\n")
	ends := [i | some i, line in lines; ending(line, opening[1]) == opening[3]]
	end := ends[0]
	body := concat("\n", array.slice(lines, 0, end))
	text := concat("", [head, " ", opening[4], "\n", concat("\n", array.slice(lines, end + 1, count(lines)))])
	result := {
		"text": text,
		"bodies": ((state.bodies | {body}) | live(opening[2], body)),
		"problem": state.problem,
		"more": contains(text, "<<"),
	}
} else := object.union(state, {"problem": "a here-document does not close", "more": false}) if {
	first_document(state.text) >= 0
} else := object.union(state, {"more": false})

ending(line, "-") := trim_left(line, "\t")

ending(line, "") := line

# In an unquoted here-document the shell runs what stands in $( ) and backquotes: that is marked by a leading newline.
live("", body) := {concat("", ["\n", body])} if runs_commands(body)

else := set()

live(quote, _) := set() if quote != ""

# The first << that opens a here-document: not <<<, and not inside quotes (inside "$( it may).
first_document(text) := min(places) if {
	parts := split(text, "<<")
	places := {at |
		some i, _ in parts
		head := concat("<<", array.slice(parts, 0, i + 1))
		at := count(head)
		not startswith(parts[i + 1], "<")
		not endswith(head, "<")
		opens_document(head)
	}
	count(places) > 0
} else := -1

opens_document(head) if cut(head).problem == ""

opens_document(head) if {
	closed := cut(concat("", [head, "\""]))
	closed.problem == ""
	piece := [text | some [kind, text] in closed.list; kind == "double"]
	runs_commands(piece[count(piece) - 1])
}

# --- commands of a segment --------------------------------------------------------------------------------------

# What the caller says of programs: name → kinds. "wraps": it starts the program named in its arguments, so each later word may
# be that program. "text": its quoted arguments are themselves commands. "shell": it reads commands.
is_kind(programs, name, kind) if kind in programs[name]

leading := {"do", "then", "else", "elif", "if", "while", "until", "!", "{", "}", "time", "in", "coproc"}

# commands_of: the commands that a segment starts: one, or more behind a wrapper.
commands_of(words, programs) := found if {
	bare := without_redirects(words)
	at := start(bare)
	name := program(bare[at])
	own := {
		"name": name,
		"args": array.slice(bare, at + 1, count(bare)),
		"piped": words[0] == "|",
		"wrapped": false,
		"hidden": hides(programs, name, bare),
	}
	found := array.concat([own], behind(name, bare, at, words[0] == "|", programs))
} else := []

behind(name, words, at, piped, programs) := [inner |
	some i, word in words
	i > at
	not startswith(word, "-")
	not contains(word, "=")
	word != "."
	worth_listing(programs, program(word))
	inner := {
		"name": program(word),
		"args": array.slice(words, i + 1, count(words)),
		"piped": piped,
		"wrapped": true,
		"hidden": hidden_behind(name, words[i - 1], word),
	}
] if {
	is_kind(programs, name, "wraps")
	count(words) <= max_wrapped
} else := []

start(words) := 0 if {
	not skipped(words[0])
} else := min(places) if {
	places := {i | some i, word in words; not skipped(word)}
	count(places) > 0
}

skipped("|")

skipped(word) if leading[word]

skipped(word) if {
	contains(word, "=")
	not startswith(word, "-")
}

without_redirects(words) := words if {
	not "<" in words
	not ">" in words
} else := [word |
	some i, word in words
	not part_of_redirect(words, i)
]

part_of_redirect(words, i) if words[i] in {"<", ">"}

part_of_redirect(words, i) if words[i - 1] in {"<", ">"}

part_of_redirect(words, i) if {
	words[i + 1] in {"<", ">"}
	words[i] in {"0", "1", "2", "3"}
}

program(word) := lower(word) if {
	not contains(word, "/")
} else := word if {
	contains(word, "{")
} else := lower(parts[count(parts) - 1]) if {
	parts := split(word, "/")
}

# Behind a wrapper only programs that somebody knows something of are listed, and what hides its name.
worth_listing(programs, name) if programs[name]

worth_listing(_, name) if contains(name, "$")

hides(programs, name, words) if {
	count(words) > max_wrapped
	is_kind(programs, name, "wraps")
} else := hidden(name)

# hidden: an expansion, a pattern or a brace list names the program.
hidden(name) if {
	contains(name, "$")
} else if {
	contains(name, "*")
} else if {
	contains(name, "?")
} else if {
	contains(name, "{")
	contains(name, ",")
} else if {
	startswith(name, "[")
	name != "["
	name != "[["
} else := false

# Behind a wrapper other words may hold a `$`: only where the program's own name stands does it hide something.
hidden_behind(wrapper, before, word) if {
	startswith(word, "$")
	places_a_program(wrapper, before)
} else := false

places_a_program(wrapper, before) if program(before) == wrapper

places_a_program(_, before) if before in {"-exec", "-execdir", "-ok", "-okdir"}

places_a_program(wrapper, _) if wrapper in {"xargs", "gxargs", "env", "exec", "command", "nohup", "eval", "parallel", "busybox"}

# scripts: the texts inside one level that are commands themselves.
scripts(lexed, programs) := ({opened(text) | some text in lexed.quoted} | live_bodies(lexed, programs)) | texts_of(lexed, programs)

# What runs inside a longer text starts where its parenthesis or backquote opens.
opened(text) := replace(replace(text, "$(", "("), "`", "\n")

texts_of(lexed, programs) := {text |
	some segment in lexed.segments
	some name in {program(word) | some word in segment; is_kind(programs, program(word), "text")}
	some word in segment
	text := inner_text(name, word)
}

inner_text("alias", word) := substring(word, indexof(word, "=") + 1, -1) if contains(word, "=")

inner_text(name, word) := word if {
	name != "alias"
	regex.match(`[ \t\n;|&]`, word)
	word != "|"
}

# The body of a here-document is a script when a shell reads it, and where it runs commands by itself.
live_bodies(lexed, programs) := lexed.bodies if {
	some segment in lexed.segments
	some word in segment
	is_kind(programs, program(word), "shell")
} else := {opened(body) | some body in lexed.bodies; startswith(body, "\n")}
