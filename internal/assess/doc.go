// Package assess measures what people know before, after, and long after.
//
// # Words
//
// A test is a file of items (package item), versioned. The blueprint's
// assessment stages say when it is taken: as the pre-test, the post-test or a
// delayed one (its form). A sitting is one person's attempt at one stage, on
// screen or on paper. A matched pair is a person with both sittings; the gain is
// post minus pre, in points of a hundred.
//
// # The rules
//
//   - A person sits each stage once. On screen she may leave and come back, and
//     change answers until she hands in; nothing of what is right is shown, since
//     the same items are asked again after the course.
//   - Where a stage sets a time, it runs from the first look at the questions,
//     whether she stays or not. When it is over, what is saved is handed in
//     ([Service.CloseDue]); she loses nothing that was saved.
//   - Paper is entered by those who ran the test, for many people at once
//     ([Service.EnterPaper]): points or chosen letters per item, or totals alone.
//     Either the whole sheet is taken or nothing of it. Entered again, a row is a
//     correction: a new fact that names the one it corrects.
//   - What a result counts is said with it: how many pairs, who is missing on
//     which side, and the interval. From two pairs on there is an interval; below
//     [FewPairs] it is said that the group is small.
//
// # For those who play a programme
//
//	sat, err := tests.Sit(ctx, op, assess.Sit{Cohort: c, Stage: "pre-test", Language: "ur"})
//	err = tests.Save(ctx, op, assess.Save{Attempt: sat.Attempt, Answers: map[string]item.Response{"f01": {Chosen: []int{1}}}})
//	res, err := tests.HandIn(ctx, op, sat.Attempt)
//	_, err = tests.EnterPaper(ctx, op, assess.Paper{Cohort: c, Stage: "post-test", TakenAt: when, Rows: rows}) // as trainer
//	g, err := tests.Gain(ctx, c, "pre-test", "post-test")                                                     // as officer
package assess
