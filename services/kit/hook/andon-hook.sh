#!/bin/sh
# Asks Andon before a coding agent acts. For agents whose hooks are commands; needs nothing but a shell and curl.
#
#   andon-hook.sh VENDOR EVENT     the vendor's payload comes on standard input, its answer goes to standard output
#   andon-hook.sh flush            sends what was written down while Andon could not be reached
#
# Settings, from $ANDON_HOOK_HOME/hook.conf (default ~/.andon; mode 600, one NAME=VALUE per line) or from the environment:
#   url, ANDON_URL                 http://127.0.0.1:4400
#   key, ANDON_KEY                 the agent's key; it never becomes an argument, which other users could see
#   timeout, ANDON_HOOK_TIMEOUT    seconds to wait for an answer (8); the vendor's own wait has to be longer
#   open, ANDON_HOOK_OPEN          what goes on while Andon does not answer ("read prompt model"); the rest is denied:
#                                  read write execute network install delegate other prompt model
#   ANDON_SANDBOX                  what shuts the agent in, for rules that ask for it: "docker; network=none"
#
# While Andon does not answer, what happened to each tool call is written to $ANDON_HOOK_HOME/spool: time, session, tool and
# outcome, never a prompt, a command, a path or any other content. The next answered call sends it, or `flush` does.
set -uf
LC_ALL=C
umask 077

home=${ANDON_HOOK_HOME:-${HOME:-}/.andon}
spool=$home/spool
spool_bytes=1048576
newline='
'

settings() {
  url='' key='' timeout='' open='read prompt model'
  if [ -r "$home/hook.conf" ]; then
    while IFS='=' read -r name value || [ -n "$name" ]; do
      case $name in
        url) url=$value ;;
        key) key=$value ;;
        timeout) timeout=$value ;;
        open) open=$value ;;
      esac
    done <"$home/hook.conf"
  fi
  url=${ANDON_URL:-$url} key=${ANDON_KEY:-$key} timeout=${ANDON_HOOK_TIMEOUT:-${timeout:-8}}
  open=${ANDON_HOOK_OPEN-$open}
  url=${url%/}
  # Nothing that could end a quoted word of curl's configuration.
  case $url in http://* | https://*) ;; *) url='' ;; esac
  case $url in *[!A-Za-z0-9_.:/@%~+-]* | *@*) url='' ;; esac
  case $key in *[!A-Za-z0-9_-]*) key='' ;; esac
  case $timeout in '' | *[!0-9]*) timeout=8 ;; esac
}

# The body on standard input goes to $1 as $2. Prints the answer, a line break and the status. Takes the place of the shell
# that runs it: every process more is a millisecond that a person waits.
post() {
  exec curl --disable --config /dev/fd/3 --data-binary @- 2>/dev/null 3<<END
url = "$url$1"
header = "Authorization: Bearer $key"
header = "Content-Type: $2"
header = "User-Agent: andon-hook/1"
header = "Expect:"
${3:-}
silent
proto = "=http,https"
noproxy = "localhost,127.0.0.1,::1"
connect-timeout = 2
max-time = $timeout
max-filesize = 65536
write-out = "\\n%{http_code}"
END
}

# Where the work is, for the decision: what can be read without starting a program.
place() {
  headers='' head=''
  workspace=${CLAUDE_PROJECT_DIR:-${GEMINI_PROJECT_DIR:-${COPILOT_PROJECT_DIR:-}}}
  case $workspace in '' | *[!A-Za-z0-9_./@+\ -]*) ;; *) headers="header = \"X-Andon-Workspace: $workspace\"" ;; esac
  sandbox=${ANDON_SANDBOX:-}
  case $sandbox in '' | *[!A-Za-z0-9_.\;=\ -]*) ;; *) headers="$headers${newline}header = \"X-Andon-Sandbox: $sandbox\"" ;; esac
  if [ -r .git/HEAD ]; then IFS= read -r head <.git/HEAD || head=''; fi
  case $head in *[!A-Za-z0-9_./:@+\ -]*) ;; 'ref: refs/heads/'*) headers="$headers${newline}header = \"X-Andon-Branch: ${head#ref: refs/heads/}\"" ;; esac
}

# The first value of a text field of the payload's beginning, if it is plain: names and ids come before anything nested. Of
# its beginning alone, because shells search with the square of the length.
field() {
  value=${start#*\"$1\":}
  [ "$value" = "$start" ] && return 1
  value=${value# }
  case $value in \"*) ;; *) return 1 ;; esac
  value=${value#\"}
  value=${value%%\"*}
  case $value in '' | *[!A-Za-z0-9_.:/@-]*) return 1 ;; esac
  [ ${#value} -le 200 ]
}

tool_class() {
  case $1 in
    Read | Glob | Grep | LS | NotebookRead | BashOutput | TaskOutput | TaskGet | TaskList) class=read ;;
    view | grep | rg | glob | read_bash | list_bash | read_powershell | view_image) class=read ;;
    read_file | read_many_files | list_directory | grep_search | search_file_content) class=read ;;
    Edit | MultiEdit | Write | NotebookEdit | apply_patch | edit | create | str_replace_editor | write_file | replace | save_memory) class=write ;;
    Bash | PowerShell | Monitor | shell | exec_command | write_stdin) class=execute ;;
    bash | powershell | write_bash | write_powershell | run_shell_command) class=execute ;;
    WebFetch | WebSearch | web_fetch | web_search | google_web_search) class=network ;;
    Agent | Task | task | spawn_agent | collaborationspawn_agent | invoke_agent | codebase_investigator) class=delegate ;;
    *) class=other ;;
  esac
}

is_open() {
  case " $open " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

# Without an answer. $1 says why, in plain words.
without_answer() {
  tool='' start=$(printf '%.2048s' "$payload")
  case $event in
    PreToolUse | preToolUse | BeforeTool)
      # Where the vendor has it, and nowhere else: arguments can hold a field of the other name.
      if [ "$event" = preToolUse ]; then field toolName; else field tool_name; fi && tool=$value
      tool_class "$tool"
      ;;
    UserPromptSubmit | userPromptSubmitted | BeforeAgent) class=prompt ;;
    BeforeModel) class=model ;;
    *) exit 0 ;;
  esac
  outcome=deny
  if is_open "$class"; then outcome=allow; fi
  # A shell can do what any of the three may: without its command taken apart it is as open as the strictest of them.
  if [ "$class" = execute ] && ! { is_open network && is_open install; }; then outcome=deny; fi
  [ -n "$tool" ] && note
  if [ "$outcome" = allow ]; then
    case $vendor in
      copilot-cli) [ "$class" = prompt ] || printf '{"additionalContext":"%s"}\n' "Andon was not asked: $1 This goes on without a decision." ;;
      *) printf '{"systemMessage":"%s"}\n' "Andon was not asked: $1 This goes on without a decision." ;;
    esac
    exit 0
  fi
  reason="Andon was not asked: $1 Without a decision this may not go on. Try again later."
  case $vendor:$event in
    gemini-cli:*) printf '{"decision":"deny","reason":"%s"}\n' "$reason" ;;
    copilot-cli:preToolUse) printf '{"permissionDecision":"deny","permissionDecisionReason":"%s"}\n' "$reason" ;;
    copilot-cli:PreToolUse)
      printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"%s"}}\n' "$reason"
      ;;
    copilot-cli:*) printf '{"decision":"block","reason":"%s"}\n' "$reason" ;;
    *)
      printf '%s\n' "$reason" >&2
      exit 2
      ;;
  esac
  exit 0
}

# Writes down what happened to a tool call, as an event that Andon takes.
note() {
  if [ "$event" = preToolUse ]; then field sessionId; else field session_id; fi || return 0
  session=$value
  time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  mkdir -p "$home" || return 0
  if [ -f "$spool" ] && [ "$(wc -c <"$spool")" -ge "$spool_bytes" ]; then
    printf '%s\n' "andon-hook: $spool is full; send it with: andon-hook.sh flush" >&2
    printf . >>"$spool.dropped"
    return 0
  fi
  # One write, so that hooks that run side by side do not mix their lines.
  printf '{"specversion":"1.0","id":"hook-%s-%s-%s","source":"andon-hook","type":"andon.session.tool.decided.v1","time":"%s","vendor":"%s","data":{"sessionId":"%s","tool":"%s","decision":"%s","by":"hook-offline"}}\n' \
    "$session" "$time" "$$" "$time" "$vendor" "$session" "$tool" "$outcome" >>"$spool"
}

# Sends what was written down. What is not taken stays; the ids make a second delivery the same.
flush() {
  if [ -s "$spool" ]; then mv "$spool" "$spool.$$.sending" 2>/dev/null; fi
  set +f
  left=0
  for part in "$spool".*.sending; do
    [ -s "$part" ] || continue
    owner=${part%.sending} owner=${owner##*.}
    if [ "$owner" != $$ ] && kill -0 "$owner" 2>/dev/null; then continue; fi
    answer=$({ printf '['; sed '$!s/$/,/' "$part"; printf ']'; } | post /api/v1/events application/cloudevents-batch+json)
    case ${answer##*"$newline"} in
      # 422: none was fit to be stored; Andon keeps them in quarantine.
      2?? | 422) rm -f "$part" ;;
      *) left=1 ;;
    esac
  done
  set -f
  if [ -s "$spool.dropped" ]; then
    printf '%s\n' "andon-hook: $(wc -c <"$spool.dropped") records were dropped because $spool was full" >&2
    [ "$left" = 0 ] && rm -f "$spool.dropped"
  fi
  return "$left"
}

settings
if [ "${1:-}" = flush ]; then
  if [ -z "$url" ] || [ -z "$key" ]; then
    printf '%s\n' "andon-hook: no usable url and key in $home/hook.conf" >&2
    exit 1
  fi
  flush || { printf '%s\n' "andon-hook: Andon at $url did not take everything; it stays in $home" >&2; exit 1; }
  exit 0
fi

vendor=${1:-} event=${2:-}
case $vendor:$event in
  *[!A-Za-z:-]* | :* | *:) printf '%s\n' "usage: andon-hook.sh VENDOR EVENT, or andon-hook.sh flush" >&2; exit 2 ;;
esac
payload=$(cat)
if [ -z "$url" ] || [ -z "$key" ]; then without_answer "its address or the agent's key is missing in hook.conf."; fi
place
path="/api/v1/hooks/$vendor?event=$event"
if [ ${#payload} -lt 4000 ]; then
  answer=$(post "$path" application/json "$headers" <<END
$payload
END
  )
else
  # A here-document of this size could become a file.
  answer=$(printf '%s' "$payload" | post "$path" application/json "$headers")
fi
status=${answer##*"$newline"}
body=${answer%"$newline"*}
case $status:$body in
  '200:{}') ;;
  200:\{*\}) printf '%s\n' "$body" ;;
  200:*) without_answer "something else answers at its address." ;;
  000:* | :*) without_answer "it cannot be reached or took too long." ;;
  *) without_answer "it answered with status $status." ;;
esac
if [ -s "$spool" ]; then (flush >/dev/null 2>&1 </dev/null &); fi
exit 0
