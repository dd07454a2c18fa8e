package people

import (
	"context"

	"cadre/internal/i18n"
)

// Countries lists the countries that forms offer first: the partners of the
// first programme, by ISO 3166-1 alpha-2 code.
func Countries() []string { return []string{"AF", "BD", "IR", "IQ", "PK"} }

// CountryName returns a country's name in the language of ctx, or its code where
// the catalogues do not name it.
func CountryName(ctx context.Context, code string) string {
	switch code {
	case "AF":
		return i18n.T(ctx, "people.country-AF")
	case "BD":
		return i18n.T(ctx, "people.country-BD")
	case "IR":
		return i18n.T(ctx, "people.country-IR")
	case "IQ":
		return i18n.T(ctx, "people.country-IQ")
	case "PK":
		return i18n.T(ctx, "people.country-PK")
	}
	return code
}
