package workshopweb

import (
	"net/http"

	"cadre/internal/access"
	"cadre/internal/blob"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/workshop"
)

// Deps are what the pages need.
type Deps struct {
	Workshop *workshop.Service
	// People finds officers at the door.
	People *people.Service
	// Files takes the scans of signed sheets.
	Files *blob.Store
}

// scanLimit bounds the scan of a sheet, in bytes.
const scanLimit = 20 << 20

type pages struct{ Deps }

// Routes returns the pages of workshops.
func Routes(d Deps) []web.Route {
	p := pages{d}
	need := func(v access.Verb, k access.Kind) web.Need { return web.Need{Verb: string(v), Kind: string(k)} }
	get := func(pattern string, n web.Need, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: pattern, Need: n, Handler: h}
	}
	post := func(pattern string, n web.Need, h web.Handler) web.Route {
		return web.Route{Method: http.MethodPost, Pattern: pattern, Need: n, Handler: h}
	}
	const of = "/cohorts/{cohort}/workshops/{stage}"
	sheet := post("/registers/{register}/sheet", need(access.Attach, access.Register), p.fileSheet)
	sheet.Upload = scanLimit
	return []web.Route{
		get(of, need(access.Read, access.Timetable), p.timetable),
		post(of+"/lay", need(access.Create, access.Timetable), p.lay),
		post(of+"/seen", need(access.Confirm, access.Timetable), p.seen),
		post(of+"/told", need(access.Record, access.Timetable), p.told),
		post(of+"/declare", need(access.Record, access.Declaration), p.declare),
		get(of+"/calendar.ics", need(access.Read, access.Timetable), p.calendar),
		get(of+"/attendance", need(access.List, access.Attendance), p.attendance),
		get("/workshop-sessions/{session}", need(access.Change, access.Session), p.editSession),
		post("/workshop-sessions/{session}", need(access.Change, access.Session), p.changeSession),
		post("/workshop-sessions/{session}/join", need(access.Record, access.Evidence), p.join),
		get("/workshop-rooms/{room}", need(access.Change, access.Room), p.editRoom),
		post("/workshop-rooms/{room}", need(access.Change, access.Room), p.changeRoom),
		get("/registers", need(access.List, access.Register), p.near),
		get("/registers/{register}", need(access.Read, access.Register), p.register),
		post("/registers/{register}/all", need(access.Record, access.Register), p.markAll),
		get("/registers/{register}/people/{person}", need(access.Record, access.Register), p.editMark),
		post("/registers/{register}/people/{person}", need(access.Record, access.Register), p.mark),
		post("/registers/{register}/people/{person}/back", need(access.Record, access.Register), p.takeBack),
		get("/registers/{register}/people/{person}/correct", need(access.Correct, access.Register), p.editCorrection),
		post("/registers/{register}/people/{person}/correct", need(access.Correct, access.Register), p.correct),
		post("/registers/{register}/pin", need(access.Record, access.Evidence), p.typePIN),
		post("/registers/{register}/close", need(access.Close, access.Register), p.closeRegister),
		get("/registers/{register}/contest", need(access.Contest, access.Attendance), p.editContest),
		post("/registers/{register}/contest", need(access.Contest, access.Attendance), p.contest),
		get("/contests/{contest}", need(access.Correct, access.Register), p.editDecision),
		post("/contests/{contest}", need(access.Correct, access.Register), p.decide),
		get("/registers/{register}/door", need(access.Record, access.Door), p.door),
		post("/registers/{register}/door", need(access.Record, access.Door), p.admit),
		get("/registers/{register}/admissions/{admission}", need(access.Correct, access.Door), p.editSettling),
		post("/registers/{register}/admissions/{admission}", need(access.Correct, access.Door), p.settle),
		get("/registers/{register}/sheet", need(access.Attach, access.Register), p.sheetForm),
		sheet,
		get("/registers/{register}/sheets/{sheet}", need(access.Read, access.Register), p.scan),
		get("/registers/{register}/print", need(access.Print, access.Register), p.print),
		get("/registers/{register}/contacts", need(access.Read, access.ContactList), p.contacts),
	}
}
