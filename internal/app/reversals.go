package app

import (
	"maps"

	"cadre/internal/web"
)

// reversals says of every route that changes something what becomes of a
// mistake. The forms say it before the act, the page after an act offers to undo
// it; a route without a line stops the program at start.
func reversals() map[string]web.Reversal {
	out := map[string]web.Reversal{}
	for _, part := range []map[string]web.Reversal{
		entryActs(), personActs(), intakeActs(), lessonActs(), testActs(), weekActs(), coachingActs(), feedbackActs(), resultActs(),
	} {
		maps.Copy(out, part)
	}
	return out
}

// entryActs are coming in, and letting others in.
func entryActs() map[string]web.Reversal {
	return map[string]web.Reversal{
		"POST /sign-in":                        web.Harmless(),
		"POST /sign-in/code":                   web.Harmless(),
		"POST /enter/{link}":                   web.Harmless(),
		"POST /sign-out":                       web.Harmless(),
		"POST /language":                       web.Harmless(),
		"POST /role":                           web.Harmless(),
		"POST /demo/clock":                     web.Harmless(),
		"POST /account/seen":                   web.Harmless(),
		"POST /welcome":                        web.Changeable(),
		"POST /account/passphrase":             web.Changeable(),
		"POST /preferences":                    web.Changeable(),
		"POST /account/everywhere":             web.CorrectedBy("app.act-sign-in-again"),
		"POST /account/sessions/{session}/end": web.CorrectedBy("app.act-sign-in-again"),
		"POST /people/{person}/sign-out":       web.CorrectedBy("app.act-she-signs-in-again"),
		"POST /codes/{person}":                 web.Final("app.act-code"),
		"POST /invitations":                    web.Final("app.act-code"),
		"POST /invitations/{person}/link":      web.Final("app.act-code"),
		"POST /invitations/new":                web.CorrectedBy("app.act-invited"),
		"POST /people/{person}/grants":         web.CorrectedBy("app.act-grant"),
		"POST /grants/{grant}/end":             web.CorrectedBy("app.act-grant-end"),
	}
}

// personActs are acts about people and the agencies that they belong to.
func personActs() map[string]web.Reversal {
	return map[string]web.Reversal{
		"POST /people/{person}/names":                     web.Changeable(),
		"POST /people/{person}/names/{name}":              web.Changeable(),
		"POST /people/{person}/names/{name}/confirm":      web.CorrectedBy("app.act-name-confirmed"),
		"POST /people/{person}/preferences":               web.Changeable(),
		"POST /people/{person}/alias":                     web.Changeable(),
		"POST /people/{person}/contacts":                  web.CorrectedBy("app.act-contact"),
		"POST /people/{person}/contacts/{contact}":        web.Changeable(),
		"POST /agencies/{agency}/units":                   web.Final("app.act-unit"),
		"POST /people/{person}/contacts/{contact}/remove": web.CorrectedBy("app.act-contact-removed"),
		"POST /people/{person}/transfer":                  web.CorrectedBy("app.act-transfer"),
		"POST /my-supervisor":                             web.UndoneBy("POST /my-supervisor/end"),
		"POST /my-supervisor/end":                         web.CorrectedBy("app.act-link-end"),
		"POST /people/{person}/supervisor/end":            web.Final("app.act-link-end-staff"),
		"POST /agencies":                                  web.Final("app.act-agency"),
	}
}

// intakeActs are what is done until places are given, and about them.
func intakeActs() map[string]web.Reversal {
	return map[string]web.Reversal{
		"POST /designs":                          web.CorrectedBy("programme.bring-in-final"),
		"POST /cohorts/new":                      web.Final("app.act-cohort"),
		"POST /cohorts/{cohort}/version":         web.CorrectedBy("app.act-version"),
		"POST /cohorts/{cohort}/call/{agency}":   web.Changeable(),
		"POST /cohorts/{cohort}/letters":         web.Final("app.act-letter"),
		"POST /quotas/{quota}/reserve":           web.Changeable(),
		"POST /quotas/{quota}/change":            web.CorrectedBy("app.act-quota"),
		"POST /cohorts/{cohort}/propose":         web.CorrectedBy("app.act-proposed"),
		"POST /cohorts/{cohort}/sheet":           web.Harmless(),
		"POST /sheets/{sheet}":                   web.CorrectedBy("app.act-sheet-taken"),
		"POST /cohorts/{cohort}/promote":         web.UndoneBy("POST /nominations/{nomination}/back/{operation}"),
		"POST /nominations/{nomination}/decide":  web.UndoneBy("POST /nominations/{nomination}/back/{operation}"),
		"POST /nominations/{nomination}/answer":  web.CorrectedBy("app.act-answer-staff"),
		"POST /nominations/{nomination}/confirm": web.UndoneBy("POST /nominations/{nomination}/back/{operation}"),
		"POST /nominations/{nomination}/release": web.UndoneBy("POST /nominations/{nomination}/back/{operation}"),
		"POST /nominations/{nomination}/reach":   web.CorrectedBy("app.act-reach"),
		"POST /nominations/{nomination}/mail":    web.Final("app.act-mailed"),
		"POST /nominations/{nomination}/except":  web.CorrectedBy("app.act-exception"),
		"POST /nominations/{nomination}/need":    web.Final("app.act-need"),
		"POST /answer/{nomination}/need":         web.Final("app.act-need"),
		"POST /nominations/{nomination}/arrange": web.Final("app.act-arrangement"),

		"POST /nominations/{nomination}/arranged":         web.Final("app.act-arranged"),
		"POST /nominations/{nomination}/withdraw":         web.UndoneBy("POST /nominations/{nomination}/back/{operation}"),
		"POST /nominations/{nomination}/substitute":       web.UndoneBy("POST /nominations/{nomination}/back/{operation}"),
		"POST /nominations/{nomination}/leave":            web.UndoneBy("POST /nominations/{nomination}/back/{operation}"),
		"POST /nominations/{nomination}/back/{operation}": web.CorrectedBy("app.act-back"),
		"POST /answer/{nomination}/yes":                   web.CorrectedBy("app.act-yes"),
		"POST /answer/{nomination}/no":                    web.CorrectedBy("app.act-no"),
		"POST /answer/{nomination}/confirm":               web.CorrectedBy("app.act-yes"),
		"POST /more-time":                                 web.Changeable(),
		"POST /time-requests/{request}":                   web.CorrectedBy("cohort.time-answer-undo"),

		"POST /cohorts/{cohort}/people/group":                  web.UndoneBy("POST /cohorts/{cohort}/people/group/{operation}/back"),
		"POST /cohorts/{cohort}/people/group/{operation}/back": web.CorrectedBy("app.act-back"),
		"POST /cohorts/{cohort}/join":                          web.UndoneBy("POST /enrolments/{enrolment}/back"),
		"POST /enrolments/{enrolment}/back":                    web.CorrectedBy("app.act-back"),
		"POST /cohorts/{cohort}/selection/{stage}":             web.UndoneBy("POST /selections/{selection}/back"),
		"POST /selections/{selection}/back":                    web.CorrectedBy("app.act-back"),
		"POST /cohorts/{cohort}/reviews/{review}":              web.Final("app.act-review"),
	}
}

// lessonActs are what is done with modules, and with certificates in their stead.
func lessonActs() map[string]web.Reversal {
	return map[string]web.Reversal{
		"POST /learn/{module}/start":                              web.Harmless(),
		"POST /learn/{module}/ahead":                              web.Harmless(),
		"POST /attempts/{attempt}/pages/{page}/turn":              web.Harmless(),
		"POST /attempts/{attempt}/pages/{page}/answer/{item}":     web.CorrectedBy("app.act-answer"),
		"POST /attempts/{attempt}/finish":                         web.CorrectedBy("app.act-answer"),
		"POST /attempts/{attempt}/language":                       web.Harmless(),
		"POST /attempts/{attempt}/play/unlock":                    web.Harmless(),
		"POST /attempts/{attempt}/play/open":                      web.Harmless(),
		"POST /cohorts/{cohort}/modules/{module}/people/{person}": web.CorrectedBy("player.step-undo"),
		"POST /rulings/{ruling}/back":                             web.CorrectedBy("app.act-back"),
		"POST /learn/{module}/certificate":                        web.UndoneBy("POST /certificates/{outside}/withdraw"),
		"POST /certificates/{outside}/withdraw":                   web.CorrectedBy("app.act-certificate-again"),
		"POST /cohorts/{cohort}/certificates/new":                 web.CorrectedBy("player.behalf-undo"),
		"POST /certificates/{outside}/decide":                     web.CorrectedBy("app.act-certificate-again"),
		"POST /modules":                                           web.CorrectedBy("app.act-version-again"),
		"POST /modules/{version}/publish":                         web.CorrectedBy("app.act-version-again"),
		"POST /packages":                                          web.CorrectedBy("app.act-version-again"),
		"POST /package-uploads":                                   web.Harmless(),
		"POST /package-uploads/{upload}/parts":                    web.Harmless(),
		"POST /package-uploads/{upload}/finish":                   web.CorrectedBy("app.act-version-again"),
		"POST /package-uploads/{upload}/drop":                     web.CorrectedBy("app.act-upload-again"),
		"POST /packages/{version}/publish":                        web.CorrectedBy("app.act-version-again"),
		"POST /packages/{version}/allow":                          web.Changeable(),
		"POST /packages/{version}/lacks":                          web.Changeable(),
		"POST /packages/{version}/language":                       web.Changeable(),
		"POST /packages/{version}/withdraw":                       web.Final("app.act-package"),
	}
}

// testActs are what is done with tests.
func testActs() map[string]web.Reversal {
	return map[string]web.Reversal{
		"POST /tests/{stage}/sit":              web.Final("app.act-sit"),
		"POST /sittings/{attempt}/{part}":      web.CorrectedBy("app.act-until-handed-in"),
		"POST /sittings/{attempt}/hand-in":     web.Final("app.act-handed-in"),
		"POST /test-files":                     web.CorrectedBy("assess.bring-in-undo"),
		"POST /cohorts/{cohort}/tests/{stage}": web.CorrectedBy("app.act-papers"),
	}
}

// weekActs are what is done about a workshop.
func weekActs() map[string]web.Reversal {
	return map[string]web.Reversal{
		"POST /cohorts/{cohort}/workshops/{stage}/lay":       web.CorrectedBy("app.act-laid"),
		"POST /cohorts/{cohort}/workshops/{stage}/seen":      web.Harmless(),
		"POST /cohorts/{cohort}/workshops/{stage}/told":      web.Harmless(),
		"POST /cohorts/{cohort}/workshops/{stage}/declare":   web.Changeable(),
		"POST /registers/{register}/all":                     web.CorrectedBy("app.act-all-present"),
		"POST /registers/{register}/people/{person}":         web.UndoneBy("POST /registers/{register}/people/{person}/back"),
		"POST /registers/{register}/people/{person}/back":    web.CorrectedBy("app.act-back"),
		"POST /registers/{register}/people/{person}/correct": web.CorrectedBy("app.act-line"),
		"POST /registers/{register}/pin":                     web.Final("app.act-pin"),
		"POST /registers/{register}/close":                   web.Final("app.act-register-closed"),
		"POST /registers/{register}/contest":                 web.CorrectedBy("workshop.contest-undo"),
		"POST /contests/{contest}":                           web.CorrectedBy("workshop.contest-let-undo"),
		"POST /registers/{register}/door":                    web.CorrectedBy("app.act-admitted"),
		"POST /registers/{register}/admissions/{admission}":  web.Final("app.act-settled-who"),
		"POST /registers/{register}/sheet":                   web.Final("app.act-sheet-kept"),
		"POST /workshop-sessions/{session}":                  web.Changeable(),
		"POST /workshop-sessions/{session}/join":             web.Harmless(),
		"POST /workshop-rooms/{room}":                        web.Changeable(),
	}
}

// coachingActs are what is done in coaching, and about it.
func coachingActs() map[string]web.Reversal {
	const of, office = "POST /coaching/{cohort}/{stage}/{person}", "POST /cohorts/{cohort}/coaching/{stage}"
	return map[string]web.Reversal{
		of + "/declare":                       web.CorrectedBy("app.act-coach"),
		of + "/decline":                       web.Final("app.act-coach-declined"),
		of + "/change-coach":                  web.Final("app.act-coach-changed"),
		of + "/times":                         web.CorrectedBy("app.act-time"),
		of + "/needs":                         web.CorrectedBy("app.act-note"),
		of + "/notes":                         web.CorrectedBy("app.act-note"),
		of + "/notes/{note}":                  web.CorrectedBy("app.act-rewrite"),
		of + "/notes/{note}/take-back":        web.Final("app.act-note-gone"),
		of + "/goals":                         web.CorrectedBy("app.act-goal"),
		of + "/goals/{goal}":                  web.CorrectedBy("app.act-goal-closed"),
		of + "/goals/{goal}/words":            web.CorrectedBy("app.act-rewrite"),
		of + "/sessions/{session}/agree":      web.CorrectedBy("app.act-time-agreed"),
		of + "/sessions/{session}/refuse":     web.CorrectedBy("app.act-time-again"),
		of + "/sessions/{session}/move":       web.CorrectedBy("app.act-time-again"),
		of + "/sessions/{session}/close":      web.CorrectedBy("app.act-session-closed"),
		of + "/sessions/{session}/contest":    web.CorrectedBy("app.act-contested"),
		office + "/assign":                    web.CorrectedBy("app.act-assigned"),
		office + "/times":                     web.CorrectedBy("app.act-time"),
		office + "/group-day":                 web.Final("app.act-group-day"),
		office + "/sessions/{session}/settle": web.CorrectedBy("app.act-contested"),
	}
}

// feedbackActs are feedback, and use at work.
func feedbackActs() map[string]web.Reversal {
	return map[string]web.Reversal{
		"POST /surveys/{survey}/begin":                       web.Harmless(),
		"POST /surveys/{survey}/answer":                      web.Final("app.act-anonymous"),
		"POST /cohorts/{cohort}/surveys":                     web.Final("app.act-survey"),
		"POST /surveys/{survey}/handed-in":                   web.Final("evaluation.handed-in-final"),
		"POST /surveys/{survey}/paper":                       web.Final("evaluation.sheet-final"),
		"POST /survey-forms":                                 web.CorrectedBy("evaluation.bring-in-undo"),
		"POST /cohorts/{cohort}/testimonial":                 web.CorrectedBy("app.act-testimonial"),
		"POST /cohorts/{cohort}/testimonial/withdraw":        web.CorrectedBy("app.act-testimonial-gone"),
		"POST /cohorts/{cohort}/follow-ups/{stage}/{person}": web.Changeable(),
		"POST /cohorts/{cohort}/follow-up/{stage}":           web.Changeable(),
		"POST /use-at-work":                                  web.Changeable(),
	}
}

// resultActs are certificates and figures.
func resultActs() map[string]web.Reversal {
	return map[string]web.Reversal{
		"POST /cohorts/{cohort}/credentials":           web.CorrectedBy("credential.preview-undo"),
		"POST /credentials/{certificate}/revoke":       web.Final("app.act-revoked"),
		"POST /cohorts/{cohort}/report/release":        web.Final("app.act-release"),
		"POST /cohorts/{cohort}/report/staff/{agency}": web.Changeable(),
	}
}
