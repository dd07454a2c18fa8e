package people

import "testing"

func TestNormalFoldsVariants(t *testing.T) {
	for _, c := range [][]string{
		{"فاطمة", "فاطمه", "فاطمہ", "فَاطِمَہ", "فاطـمه"},
		{"علي", "علی", "على"},
		{"كوثر", "کوثر"},
		{"آمنہ", "امنہ", "أمنه"},
		{"می‌نا", "مینا"},
		{"Zoë  Müller-Khan", "zoe muller khan"},
		{"Sa'ima", "Saima", "Sa’ima"},
		{"١٢", "۱۲", "12"},
	} {
		for _, s := range c[1:] {
			if Normal(s) != Normal(c[0]) {
				t.Errorf("%q is %q, %q is %q", c[0], Normal(c[0]), s, Normal(s))
			}
		}
	}
}

func TestTransliterationsShareASound(t *testing.T) {
	for _, c := range [][]string{
		{"Saima Iqbal", "صائمہ اقبال", "Sayma Iqbaal", "SAIMA  IQBAL"},
		{"Fatima", "Fatimah", "Fatemeh", "فاطمہ", "فاطمة"},
		{"Ayesha", "Aisha", "Aaisha", "عائشہ"},
		{"Muhammad", "Mohammed", "محمد"},
		{"Rehman", "Rahman", "رحمان"},
		{"Shahnaz", "Shehnaz", "شہناز"},
		{"Khalida", "خالدہ"},
		{"Yasmeen", "Yasmin", "یاسمین", "ياسمين"},
		{"Noor", "Nur", "نور"},
		{"Nighat", "Nigahat", "نگہت"},
		{"Qudsia", "Kudsiya", "قدسیہ"},
		{"Bhatti", "بھٹی"},
	} {
		for _, s := range c[1:] {
			if Sound(s) != Sound(c[0]) {
				t.Errorf("%q sounds %q, %q sounds %q", c[0], Sound(c[0]), s, Sound(s))
			}
		}
	}
	for _, c := range [][2]string{{"Saima", "Shaima"}, {"Rubina", "Sabina"}, {"Iqbal", "Jamal"}, {"Nasreen", "Parveen"}} {
		if Sound(c[0]) == Sound(c[1]) {
			t.Errorf("%q and %q have one sound, %q", c[0], c[1], Sound(c[0]))
		}
	}
}

func FuzzNormal(f *testing.F) {
	for _, s := range []string{"", "Saima", "صائمہ", "\u200f\u0640", "İ", "ß", "Ａ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := Normal(s)
		if Normal(n) != n {
			t.Errorf("%q: %q becomes %q", s, n, Normal(n))
		}
		if Sound(n) != Sound(s) {
			t.Errorf("%q: sound changes with normalisation", s)
		}
	})
}
