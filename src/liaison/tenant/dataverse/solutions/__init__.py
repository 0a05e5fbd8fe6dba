"""Solutions: what belongs to them, importing and exporting them."""
