"""The council's yearly report: what was public at the end of each year, and what was done about it."""
