package webtest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// patience is how long a frame is waited for.
const patience = 90 * time.Second

// AskFrame evaluates an expression in the frame, however deep, whose document has
// what the CSS selector finds, waits for it if it is a promise, and returns its
// value. It waits until there is such a frame. Scripts of the page do not see it.
func AskFrame[T any](b *Tab, selector, expression string) T {
	b.t.Helper()
	find, err := json.Marshal(selector)
	if err != nil {
		b.t.Fatal(err)
	}
	waiting, end := context.WithTimeout(b.Ctx, patience)
	defer end()
	for waiting.Err() == nil {
		for _, w := range b.worlds() {
			// A frame may go while it is asked: then there is none.
			if there, err := evaluate[bool](w, `!!document.querySelector(`+string(find)+`)`); err != nil || !there {
				continue
			}
			v, err := evaluate[T](w, expression)
			if err != nil {
				b.t.Fatalf("%s: %v", expression, err)
			}
			return v
		}
		select {
		case <-waiting.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	b.t.Fatalf("no frame has %s; the page shows\n%s", selector, b.Text())
	panic("not reached")
}

// CheckFrame fails the test for what axe-core finds in the frame whose document has
// what the selector finds, and for what is wider than the frame.
func (b *Tab) CheckFrame(selector string) *Tab {
	b.t.Helper()
	AskFrame[bool](b, selector, axe(b.t)+"\n;true")
	for _, x := range AskFrame[[]string](b, selector, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
		.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + v.help + "\n\t" + n.html)))`) {
		b.t.Error(x)
	}
	if n := AskFrame[int](b, selector, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); n > 0 {
		b.t.Errorf("the frame with %s is %d px wider than its window", selector, n)
	}
	return b
}

// world is where a test evaluates: a world of its own in a frame.
type world struct {
	ctx context.Context // of the process that the frame is in
	id  runtime.ExecutionContextID
}

// worlds are worlds of the test's own in each frame below the page, also in those
// that the browser keeps in another process, as it does with other origins.
func (b *Tab) worlds() []world {
	b.t.Helper()
	var out []world
	var walk func(ctx context.Context, all []*page.FrameTree)
	walk = func(ctx context.Context, all []*page.FrameTree) {
		for _, f := range all {
			w, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: f.Frame.ID, WorldName: "test"})
			if err == nil { // it is there still
				out = append(out, world{ctx, w.ExecutionContextID})
			}
			walk(ctx, f.ChildFrames)
		}
	}
	tree, err := chromedp.Call(b.Ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		b.t.Fatal(err)
	}
	walk(b.Ctx, tree.FrameTree.ChildFrames)
	targets, err := chromedp.Targets(b.Ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, x := range targets {
		if x.Type != "iframe" || x.ParentFrameID != tree.FrameTree.Frame.ID {
			continue
		}
		if b.apart == nil {
			b.apart = map[target.ID]context.Context{}
		}
		if b.apart[x.TargetID] == nil {
			ctx, end := chromedp.NewContext(b.Ctx, chromedp.WithTargetID(x.TargetID))
			b.t.Cleanup(end) // and not before: the frame goes with it
			b.apart[x.TargetID] = ctx
		}
		ctx := b.apart[x.TargetID]
		if tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{}); err == nil { // it is there still
			walk(ctx, []*page.FrameTree{tree.FrameTree})
		}
	}
	return out
}

func evaluate[T any](w world, expression string) (v T, err error) {
	yes := true
	r, err := chromedp.Call(w.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, ContextID: w.id, ReturnByValue: &yes, AwaitPromise: &yes})
	if err != nil {
		return v, err
	}
	if r.ExceptionDetails != nil {
		return v, fmt.Errorf("%s: %s", r.ExceptionDetails.Text, r.ExceptionDetails.Exception.Description)
	}
	return v, json.Unmarshal([]byte(r.Result.Value), &v)
}
