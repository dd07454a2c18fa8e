// Package programme holds blueprints: the files that describe a programme.
//
// A blueprint is a YAML file, programme.yaml, that a programme officer writes,
// reads aloud in a meeting, and keeps under version control. It says who the
// programme is for, how many places there are and whose, which stages lead
// through it, what opens each of them, by when, and what will be counted. It
// says nothing about persons.
//
// # Words
//
//   - [Blueprint] is the whole file. [Stage] is a part of the way: e-learning,
//     workshop, assessment, coaching, selection, follow-up. Which of them it is
//     follows from the one block it holds ([Stage.Kind]).
//   - [Condition] is what a gate asks: all of, any of, at least n of, or one plain
//     question (a stage passed, a module finished, a score reached, half-days
//     attended, coaching sessions held, a place in a selection, a confirmed seat).
//   - [Deadline] is a civil date-time with a zone, and what follows if it is missed.
//   - [Key] names a thing of the blueprint for ever: facts, registers and reports
//     refer to it. A key is never an index and never given to something else.
//   - [Text] is what people wrote, by language.
//
// # Reading
//
// [Read] parses and checks in one go and returns either a usable blueprint or
// [Problems]: all of them, in the order of the file, each with its line, its
// column, what is wrong and what would be right. [Schema] is the JSON Schema of
// the format for editors; [Marshal] writes the normal form.
//
// The checker speaks English, like the keys of the file it reads: it is read by
// whoever writes the file, in the way a compiler is. Every problem has a stable
// [Problem.Code] for those who want to say it otherwise.
//
// # Using a blueprint
//
// A *Blueprint that Read returned is complete, consistent and never changes.
// Finders answer by key: [Blueprint.Stage], [Blueprint.Module],
// [Blueprint.HalfDay], [Blueprint.Session], [Blueprint.Quota],
// [Blueprint.Agency]. Moments are resolved with [Blueprint.DeadlineAt] and
// [Blueprint.Instant].
//
// # Versions
//
// [Service.Import] keeps the bytes as they came, with their SHA-256 digest, under
// the next version number of the programme; the same bytes are the same version.
// A version is never changed or removed. A cohort keeps the version it started
// with until a person moves it.
package programme
