package app

import (
	"cadre/internal/content"
	"cadre/internal/retention"
)

// Services are what people, commands and the demo call.
type Services struct {
	Content   *content.Service
	Retention *retention.Service
}

// connect makes the services and connects those that need one another.
func (a *App) connect() error {
	a.Retention = newRetention(a.Config, a.DB)
	a.Content = content.New(content.Deps{DB: a.DB, Files: a.Files})
	return nil
}
