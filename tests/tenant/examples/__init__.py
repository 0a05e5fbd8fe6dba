"""One test for each documented example or fact of the contracts, its whole answer asserted."""
