package pathwayweb

import "cadre/internal/actor"

// task is something that a role does, and where. Title and text are keys.
type task struct {
	title, text, href string
}

// tasksOf lists what people in a role come for, the most frequent first.
func tasksOf(r actor.Role) []task {
	switch r {
	case actor.ProgrammeOfficer:
		return []task{
			{"home.task.cohorts", "home.task.cohorts-text", "/cohorts"},
			{"home.task.readiness", "home.task.readiness-text", "/readiness"},
			{"home.task.registers", "home.task.registers-text", "/registers"},
			{"home.task.letters", "home.task.letters-text", "/letters"},
			{"home.task.coaching", "home.task.coaching-text", "/coaching"},
			{"home.task.figures", "home.task.figures-text", "/figures"},
			{"home.task.codes", "home.task.codes-text", "/codes"},
			{"home.task.invite", "home.task.invite-text", "/invitations"},
			{"home.task.people", "home.task.people-text", "/people"},
			{"home.task.agencies", "home.task.agencies-text", "/agencies"},
			{"home.task.access", "home.task.access-text", "/grants"},
			{"home.task.designs", "home.task.designs-text", "/designs"},
			{"home.task.modules", "home.task.modules-text", "/modules"},
			{"home.task.test-files", "home.task.test-files-text", "/test-files"},
			{"home.task.survey-forms", "home.task.survey-forms-text", "/survey-forms"},
		}
	case actor.FocalPoint:
		return []task{
			{"home.task.proposals", "home.task.proposals-text", "/nominations"},
			{"home.task.letters", "home.task.letters-text", "/letters"},
			{"home.task.our-people", "home.task.our-people-text", "/readiness"},
		}
	case actor.Trainer:
		return []task{
			{"home.task.register", "home.task.register-text", "/registers"},
			{"home.task.codes", "home.task.codes-text", "/codes"},
			{"home.task.tests", "home.task.tests-text", "/tests"},
		}
	case actor.Coach:
		return []task{
			{"home.task.my-participants", "home.task.my-participants-text", "/coaching"},
		}
	case actor.Supervisor:
		return []task{
			{"home.task.use-at-work", "home.task.use-at-work-text", "/use-at-work"},
		}
	case actor.Observer:
		return []task{
			{"home.task.published", "home.task.published-text", "/figures"},
		}
	case actor.Administrator:
		return []task{
			{"home.task.state", "home.task.state-text", "/instance"},
			{"home.task.access", "home.task.access-text", "/grants"},
			{"home.task.invite", "home.task.invite-text", "/invitations"},
			{"home.task.messages", "home.task.messages-text", "/messages"},
		}
	}
	return nil
}
