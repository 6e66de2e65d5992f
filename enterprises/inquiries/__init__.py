"""Buyers' inquiries: written once, confirmed by mail, relayed to enterprises, answered by a link.

Every step holds the lock of the inquiry's row and looks there again, so that of two at once the second sees
what the first has done, and each mail is queued in the transaction that notes why. Neither side's address
reaches the other before an enterprise says yes: mails carry links alone, and no address to answer to.
"""
