"""From typed queries to SQL: names come from table definitions only, every value is a bound parameter."""
