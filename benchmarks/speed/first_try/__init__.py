"""A new user's commands, from a wheel to answers, with a mistake before each: docs/first_try.md."""
