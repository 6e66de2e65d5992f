"""What the site starts with: the taxonomies' texts, the council's sixteen members, and a demo city.

The TOML files beside this one are written by hand; loading.py puts them into the database.
"""
