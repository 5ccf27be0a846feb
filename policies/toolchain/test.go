package main

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/loader"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
)

const (
	longestValue  = 400   // characters of a local's value
	longestOutput = 4_000 // characters of a test's print output
	mostLocals    = 40
)

type testResult struct {
	Name       string   `json:"name"` // data.teams.budget_test.test_over_limit
	File       string   `json:"file"`
	Line       int      `json:"line"`
	Outcome    string   `json:"outcome"` // passed, failed, skipped, error, timeout
	DurationNs int64    `json:"durationNs"`
	Message    string   `json:"message,omitempty"`
	Output     string   `json:"output,omitempty"`
	Cases      []string `json:"failedCases,omitempty"`
	At         *failure `json:"at,omitempty"`
}

// failure is the last expression that did not hold.
type failure struct {
	File       string  `json:"file"`
	Line       int     `json:"line"`
	Column     int     `json:"column"`
	Expression string  `json:"expression"`
	Detail     string  `json:"detail"` // the expression with the values below it
	Locals     []local `json:"locals"`
}

type local struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type coverage struct {
	File      string  `json:"file"`
	Covered   int     `json:"covered"`
	Uncovered int     `json:"uncovered"`
	Percent   float64 `json:"percent"`
	Lines     [][]int `json:"uncoveredLines"` // first and last line of each stretch
}

// test runs every test of the files with OPA's own runner, one after the other, each under its own deadline.
func test(q *question, tell progress) answer {
	modules, problems := parse(q.Files, testCapabilities())
	problems = append(problems, dataProblems(q.Files)...)
	if len(problems) > 0 {
		return answer{Problems: problems}
	}
	untouched := copied(modules)
	data, err := dataOf(q.Files)
	if err != nil {
		return answer{Problems: problemsOf(err, q.Files)}
	}
	run := testRun{
		compiler: compilerFor(data), store: inmem.NewFromObject(data), cover: cover.New(),
		timeout: time.Duration(q.TimeoutMs) * time.Millisecond, ctx: context.Background(),
	}
	// OPA's runner puts its own stages into the compiler; a run without a match is the way to have it compile.
	if _, err := run.collect(run.runner().SetModules(modules).SetPrefixMatchers(ast.MustParseRef("data.nothing"))); err != nil {
		return answer{Problems: problemsOf(err, q.Files)}
	}
	results := []testResult{}
	for _, each := range run.find(q) {
		tell(map[string]any{"started": each.name, "file": each.file, "line": each.line})
		result, err := run.one(each)
		if err != nil {
			return answer{Problems: problemsOf(err, q.Files)}
		}
		tell(map[string]any{"finished": result})
		results = append(results, result)
	}
	return answer{Value: map[string]any{"results": results, "coverage": coverageOf(run.cover, untouched)}}
}

type testRun struct {
	ctx      context.Context
	compiler *ast.Compiler
	store    storage.Store
	cover    *cover.Cover
	timeout  time.Duration
}

type foundTest struct {
	name, file string
	line       int
	ref        ast.Ref
}

// find lists the tests in the order of the files.
func (r *testRun) find(q *question) []foundTest {
	var found []foundTest
	for _, name := range slices.Sorted(maps.Keys(r.compiler.Modules)) {
		module := r.compiler.Modules[name]
		seen := map[string]bool{}
		for _, rule := range module.Rules {
			if testName(rule) == "" {
				continue
			}
			ref := module.Package.Path.Extend(rule.Head.Ref().GroundPrefix())
			full := ref.String()
			if seen[full] || slices.Contains(q.Skip, full) || !strings.Contains(full, q.Only) {
				continue
			}
			seen[full] = true
			found = append(found, foundTest{name: full, file: name, line: rule.Loc().Row, ref: ref})
		}
	}
	return found
}

func (r *testRun) runner() *tester.Runner {
	return tester.NewRunner().SetCompiler(r.compiler).SetStore(r.store).SetParallel(1).SetTimeout(r.timeout).
		SetDefaultRegoVersion(ast.RegoV1).CapturePrintOutput(true).RaiseBuiltinErrors(false)
}

func (r *testRun) collect(runner *tester.Runner) ([]*tester.Result, error) {
	txn, err := r.store.NewTransaction(r.ctx)
	if err != nil {
		return nil, err
	}
	defer r.store.Abort(r.ctx, txn)
	ch, err := runner.RunTests(r.ctx, txn)
	if err != nil {
		return nil, err
	}
	var all []*tester.Result
	for result := range ch {
		all = append(all, result)
	}
	return all, nil
}

func (r *testRun) one(t foundTest) (testResult, error) {
	out := testResult{Name: t.name, File: t.file, Line: t.line, Outcome: "skipped"}
	found, err := r.collect(r.runner().SetPrefixMatchers(t.ref).SetCoverageQueryTracer(&breathing{QueryTracer: r.cover}))
	if err != nil || len(found) == 0 {
		return out, err
	}
	result := found[0]
	out.DurationNs, out.Output = result.Duration.Nanoseconds(), shortened(string(result.Output), longestOutput)
	for path, sub := range result.SubResults.Iter {
		if sub.Fail && len(sub.SubResults) == 0 {
			out.Cases = append(out.Cases, strings.Join(path, " / "))
		}
	}
	switch {
	case result.Skip:
	case result.Error != nil && topdown.IsCancel(result.Error):
		out.Outcome, out.Message = "timeout", "the test did not end within "+r.timeout.String()+" and was stopped"
	case result.Error != nil:
		out.Outcome, out.Message = "error", result.Error.Error()
	case result.Fail:
		out.Outcome, out.Message = "failed", "the test is not true"
		out.At, err = r.explain(t)
	default:
		out.Outcome = "passed"
	}
	return out, err
}

// explain runs a failed test again, watched: the last expression that failed is where it went wrong.
func (r *testRun) explain(t foundTest) (*failure, error) {
	watch := &lastFailure{}
	if _, err := r.collect(r.runner().SetPrefixMatchers(t.ref).SetCoverageQueryTracer(&breathing{QueryTracer: watch})); err != nil {
		return nil, err
	}
	e := watch.event
	if e == nil {
		return nil, nil
	}
	at := &failure{File: e.Location.File, Line: e.Location.Row, Column: e.Location.Col,
		Expression: shortened(string(e.Location.Text), longestValue), Locals: localsOf(e)}
	var detail bytes.Buffer
	if err := topdown.PrettyEvent(&detail, e, topdown.PrettyEventOpts{PrettyVars: true}); err == nil {
		at.Detail = shortened(detail.String(), longestOutput)
	}
	return at, nil
}

// lastFailure keeps the last failed expression that somebody wrote.
type lastFailure struct{ event *topdown.Event }

func (*lastFailure) Enabled() bool { return true }

func (*lastFailure) Config() topdown.TraceConfig { return topdown.TraceConfig{PlugLocalVars: true} }

func (l *lastFailure) TraceEvent(e topdown.Event) {
	if e.Op != topdown.FailOp || e.Location == nil || e.Location.File == "" || e.QueryID == 0 {
		return
	}
	expr, ok := e.Node.(*ast.Expr)
	if !ok {
		return
	}
	if _, every := expr.Terms.(*ast.Every); every && l.event != nil {
		return // what failed is inside of it, and came before
	}
	l.event = &e
}

// breathing lets Go's timers run now and then: WebAssembly has one thread, and a loop in a test would never meet its deadline.
type breathing struct {
	topdown.QueryTracer
	events int
}

func (b *breathing) TraceEvent(e topdown.Event) {
	if b.events++; b.events%512 == 0 {
		runtime.Gosched()
	}
	b.QueryTracer.TraceEvent(e)
}

func localsOf(e *topdown.Event) []local {
	found := []local{}
	if e.Locals == nil {
		return found
	}
	e.Locals.Iter(func(k, v ast.Value) bool {
		name, ok := k.(ast.Var)
		if !ok {
			return false
		}
		meta, known := e.LocalMetadata[name]
		if known && !meta.Name.IsGenerated() && !meta.Name.IsWildcard() {
			found = append(found, local{Name: string(meta.Name), Value: shortened(v.String(), longestValue)})
		}
		return false
	})
	slices.SortFunc(found, func(a, b local) int { return cmp.Compare(a.Name, b.Name) })
	if len(found) > mostLocals {
		found = found[:mostLocals]
	}
	return found
}

func shortened(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

func coverageOf(c *cover.Cover, modules map[string]*ast.Module) []coverage {
	out := []coverage{}
	report := c.Report(modules)
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		file := report.Files[name]
		if isTest(name) || file == nil {
			continue
		}
		each := coverage{File: name, Covered: file.CoveredLines, Uncovered: file.NotCoveredLines, Percent: file.Coverage, Lines: [][]int{}}
		for _, stretch := range file.NotCovered {
			lines := []int{stretch.Start.Row, stretch.End.Row}
			if !slices.ContainsFunc(each.Lines, func(have []int) bool { return slices.Equal(have, lines) }) {
				each.Lines = append(each.Lines, lines)
			}
		}
		out = append(out, each)
	}
	return out
}

// dataOf reads the data files as the bundle does: a data.json's folder is its place.
func dataOf(files map[string]string) (map[string]any, error) {
	tree := fstest.MapFS{}
	for name, text := range files {
		if !isRego(name) {
			tree[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o444}
		}
	}
	if len(tree) == 0 {
		return map[string]any{}, nil
	}
	read, err := loader.NewFileLoader().WithFS(tree).WithSkipBundleVerification(true).AsBundle(".")
	if err != nil {
		return nil, err
	}
	return read.Data, nil
}
