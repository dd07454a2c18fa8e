package people

import (
	"context"

	"golang.org/x/text/language"

	"cadre/internal/i18n"
)

// IsCountry reports whether a code is that of a country, by ISO 3166-1 alpha-2 and
// in capitals.
func IsCountry(code string) bool {
	r, err := language.ParseRegion(code)
	return err == nil && len(code) == 2 && r.IsCountry() && r.Canonicalize().String() == code
}

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
