package app

// What the agencies, the officers whom they propose, and the programme office do
// before the week.

func proposesAnOfficer(w *walker) {
	focal := w.enters("focal-pp").Presses("Your proposals").Presses("Propose an officer")
	focal.Fills("Name as in the letter", "Ms. Nighat Parveen").Picks("Rank group", "inspector").Presses("Propose her")
	focal.Sees("The officer is proposed. She will be asked herself.", "Nighat")
	focal.Within(6, 7)
}

func saysYes(w *walker) {
	her := w.enters("fia-03").Sees("Next for you").Presses("Read it and answer")
	her.Sees("Federal Investigation Agency proposed you", "Nothing is settled until you say yes")
	her.Presses("Yes, I want to take part").Sees("Thank you")
	her.Within(5, 4)
}

func ringsWhoIsInDoubt(w *walker) {
	officer := w.enters("officer").Presses("Who is still in doubt").Sees("25 in doubt")
	officer.In("Rubina").Presses("I called her")
	officer.In("How did you try?").Chooses("telephone")
	officer.In("What came of it?").Chooses("spoken to")
	officer.Presses("Save what came of it").Sees("spoken to")
	officer.Within(6, 7)
}

func oneLetterForSeventeen(w *walker) {
	focal := w.enters("focal-fia").Presses("Letters").Presses("File one release letter for all 17")
	focal.Fills("Number of the letter", "FIA/TRG/F-12/2020/3512").Fills("Date of the letter", "2020-10-19").Fills("Signed by", "Imran Saleem")
	focal.Presses("File the letter").Sees("FIA/TRG/F-12/2020/3512")
	focal.In("3512").Presses("FIA/TRG/F-12/2020/3512").Sees("release letter", "Ayesha", "Gulnaz")
	focal.Within(7, 9)
}

func looksAfterTheInstallation(w *walker) {
	admin := w.enters("administrator").Presses("State of the installation").Sees("Last backup", "Disk", "Nothing has failed")
	admin.Within(4, 3)

	// She lets a trainer in, and hands her a code on paper.
	admin.Presses("Cadre").Rests().Presses("Invite people").Presses("Invite somebody new")
	admin.Fills("Name", "Humera Aziz").Chooses("Administrator", "A code, to print or read aloud").Presses("Invite")
	admin.Sees("Humera Aziz")
	admin.Within(3, 6)
}
