"""Search that understands Danish.

text.py turns text into words and stems, lexicon.py knows the words of the catalogue (their spellings,
compounds and beginnings), vocabulary.py what staff say of words, query.py reads what somebody typed,
index.py knows where words stand, ranking.py who answers best, names.py who is called so. Nothing here is
SQL: it all lives in the process beside the catalogue's bits.
"""
