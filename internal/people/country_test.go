package people_test

import (
	"testing"

	"cadre/internal/people"
)

func TestCountriesAreThoseOfTheStandard(t *testing.T) {
	for _, code := range append(people.Countries(), "GB", "TL", "SS") {
		if !people.IsCountry(code) {
			t.Errorf("%s is a country", code)
		}
	}
	for _, code := range []string{"", "P", "pk", "PAK", "ZZ", "QQ", "XX", "AA", "UK", "EU", "TP", "001", "P1", "۱۲"} {
		if people.IsCountry(code) {
			t.Errorf("%q is no country", code)
		}
	}
}
