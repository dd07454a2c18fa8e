-- +goose Up

-- What waits to be looked at again about a person is found for her, and erased with her,
-- without reading what is about the others.
CREATE INDEX pathway_reviews_person ON pathway_reviews (person);
