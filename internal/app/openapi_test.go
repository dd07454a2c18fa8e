package app

import (
	"log/slog"
	"testing"

	"cadre/internal/access"
	"cadre/internal/api"
	"cadre/internal/api/apitest"
	"cadre/internal/contentapi"
	"cadre/internal/i18n"
	"cadre/internal/playerapi"
	"cadre/internal/web/webtest"
)

// TestTheWholeInterfaceOnlyGrows compares the document of every operation that is
// served with the committed one.
func TestTheWholeInterfaceOnlyGrows(t *testing.T) {
	programs := api.New(api.Deps{Sessions: &webtest.Sessions{}, Policy: access.Routing{}, Catalogues: i18n.Shipped(), Log: slog.New(slog.DiscardHandler)})
	contentapi.Add(programs, contentapi.Deps{})
	playerapi.Add(programs, playerapi.Deps{})
	if err := programs.Check(); err != nil {
		t.Fatal(err)
	}
	apitest.OnlyGrows(t, programs, "testdata/openapi.json")
}
