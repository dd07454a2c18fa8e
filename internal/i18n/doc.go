// Package i18n says things in the person's language, in her numerals, in her
// calendar and in her time zone.
//
// # Using it
//
//	l := i18n.From(ctx)                       // set by web for each request
//	l.T("cohort.seats", "n", 3)               // arguments as name, value, …
//	l.T("cohort.proposed", fault.Args{"agency": agency.Name})
//	l.Lang(), l.Dir()                         // for <html lang dir>
//	l.Day(d)      Wednesday 28 October        // in her calendar
//	l.Date(d)     Wednesday 28 October 2020
//	l.Dates(r)    2–6 November 2020
//	l.DateTime(dt)                            // with both zones where they differ
//	l.Instant(t), l.Clock(t)                  // in her zone
//	l.Number(n), l.Percent(0.6), l.Bytes(n), l.Duration(d), l.List(a, b, c)
//	l.Text(t)                                 // what people wrote: text, lang, dir
//	l.Error(err)                              // the sentence of a fault
//
// A value given to T is written as its type wants it: integers and floats as
// numbers, [civil.Date], [civil.DateTime], [civil.Range], [time.Duration],
// [time.Time] by the methods above, [Text] in the person's language, a [Key] as
// the sentence it names, a []string as a list, anything else as it prints. A
// value that runs in the other direction than the sentence is wrapped in
// Unicode isolates, so that a code does not scramble an Urdu sentence.
//
// Code without a request builds a localiser from a person's preferences:
// i18n.For(i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"}), and hands it on in the
// context with [With].
//
// # Catalogues
//
// catalogues/<language>/<area>.msg; the area is the name of the package that
// uses it, and every key begins with it. Adding a folder with its files adds a
// language. What a language is (its name, numerals, months, lists) stands
// in its locale.msg; its direction follows from its script.
//
//	# a comment
//	cohort.open = Open the cohort
//	cohort.seats[one] = {n} place
//	cohort.seats[other] = {n} places
//	cohort.seats[=0] = No place
//	cohort.long = A sentence may go on
//	    in lines that begin with a blank; \n makes a new line.
//	#same the name is written in Latin letters everywhere
//	app.name = Cadre
//
// Placeholders have names: {agency}. Plural forms are those of CLDR (zero, one,
// two, few, many, other); the argument named n decides, and [=0] wins over them
// for that very number. "#same REASON" before an entry says why it does not
// differ from English or holds no letter of the language's script.
//
// The tests of this package fail on a missing key or form, on one that nothing
// uses, on differing placeholders, on an untranslated entry, and on a literal
// string in a template.
package i18n
