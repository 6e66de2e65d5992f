"""Search that understands Danish.

text.py turns text into words and stems, lexicon.py knows the words of the catalogue (their spellings,
compounds and beginnings), query.py reads what somebody typed, index.py ranks. Nothing here is SQL: the
index lives in the process beside the catalogue's bits.
"""
