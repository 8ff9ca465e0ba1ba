"""PostgreSQL, Redis and a mail catcher on one machine, for the demo and the tests. Production imports none of it."""
