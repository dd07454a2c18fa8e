package ui

import (
	"context"
	"strconv"

	"cadre/internal/actor"
	"cadre/internal/i18n"
)

// RoleName returns the role's name in the language of ctx.
func RoleName(ctx context.Context, r actor.Role) string { return T(ctx, RoleKey(r)) }

func itoa(n int) string { return strconv.Itoa(n) }

func ftoa(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func number(ctx context.Context, x float64) string { return i18n.From(ctx).Decimal(x) }
