package playerapi

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
)

// Person is somebody: a Cadre id as a text, or {"account": {"homePage", "name"}}.
type Person struct {
	id      string
	account *Account
}

// UnmarshalJSON reads either form.
func (p *Person) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &p.id)
	}
	var in struct {
		Account *Account `json:"account"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	p.account = in.Account
	return nil
}

// Schema describes both forms.
func (Person) Schema(huma.Registry) *huma.Schema {
	text := &huma.Schema{Type: "string"}
	return &huma.Schema{
		Description: "A Cadre id, or another program's account, for whom a person is entered at first use.",
		OneOf: []*huma.Schema{
			{Type: "string", Format: "uuid"},
			{Type: "object", Required: []string{"account"}, Properties: map[string]*huma.Schema{
				"account": {Type: "object", Required: []string{"homePage", "name"}, Properties: map[string]*huma.Schema{"homePage": text, "name": text}},
			}},
		},
	}
}

func badPerson() error {
	return fault.Bad("fault.invalid", fault.Field{Name: "person", Key: "fault.required"})
}

func (p Person) read() (id.Person, *player.Account, error) {
	if p.account != nil {
		return "", &player.Account{HomePage: p.account.HomePage, Name: p.account.Name}, nil
	}
	who, err := id.Parse[id.Person](p.id)
	if err != nil {
		return "", nil, badPerson()
	}
	return who, nil, nil
}
