-- +goose Up

-- SQLite compares text by its bytes already; PostgreSQL's migration of this number
-- makes it do so.
SELECT 1;
